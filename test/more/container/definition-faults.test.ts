/** Definitions on a disk that is full, or that fails: the old text or the new one, and an error that says what failed. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultyDefinitions } from '../../support/death/definition-faults';
import type { Change } from '../../support/death/definition-faults';
import type { Fault } from '../../support/death/fault';
import { domainXml } from '../../support/domain/domain-xml';
import { DrivenChild } from '../../support/process/driven-child';
import { makeTestRoot } from '../../support/root/test-root';

/** The whole sweep is in test/long. */
test.each<readonly [Change, Omit<Fault, 'nth'>, number]>([
  ['retitle', { call: 'fsync', error: 'EIO' }, 2],
  ['retitle', { call: 'rename', error: 'EIO' }, 1],
  ['rename', { call: 'fsync', error: 'EIO' }, 4],
  ['undefine', { call: 'unlink', error: 'EIO' }, 2],
])('%s with calls that fail, as %j, leaves the old or the new', async (change, fault, count) => {
  await using root = await makeTestRoot();
  await using definitions = await FaultyDefinitions.make(root.path);
  for (let nth = 1; nth <= count; nth += 1) await definitions.check(change, { ...fault, nth });
  expect(definitions.tried).toBeGreaterThan(0);
  expect(definitions.told).toBeGreaterThan(0);
});

const title = (text: string): string =>
  domainXml({ name: 'web', elements: `<description>${text.repeat(9000)}</description>` });

test('a definition that a full file system has no room for stays as it was, whatever is left of the room', async () => {
  await using root = await makeTestRoot();
  const directory = join(root.path, 'etc/tslxc/lxc');
  mkdirSync(directory, { recursive: true });
  const mount = 'mount -t tmpfs -o size=64k,mode=700 tmpfs "$0" && exec "$@"';
  const prefix = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', mount, directory];
  await using child = await DrivenChild.start(root.path, { prefix });
  // The same place, in the child's mount namespace.
  const seen = join('/proc', String(child.pid), 'root', directory);
  const define = (text: string) =>
    child.try(`await connection.defineDomain(${JSON.stringify(title(text))})`);
  await child.run(`await connection.defineDomain(${JSON.stringify(title('a'))})`);
  const outcomes: string[] = [];
  for (let left = 0; left <= 5; left += 1) {
    writeFileSync(join(seen, 'filling'), '');
    fill(join(seen, 'filling'), left);
    const before = readFileSync(join(seen, 'web.xml'), 'utf8');
    const { error } = await define(left % 2 === 0 ? 'b' : 'c');
    const after = readFileSync(join(seen, 'web.xml'), 'utf8');
    outcomes.push(error === undefined ? 'stored' : 'refused');
    if (error === undefined) {
      expect(after).not.toBe(before);
    } else {
      expect(after).toBe(before);
      expect(error).toMatchObject({
        code: 'SYSTEM_ERROR',
        syscall: expect.any(String) as string,
        step: 'store a definition',
        message: expect.stringContaining('ENOSPC, no space left on device') as string,
      });
    }
    expect(readdirSync(seen).filter((file) => file.startsWith('.new'))).toEqual([]);
    expect(
      await child.run('return (await connection.listDomains()).map(({ name }) => name)'),
    ).toEqual(['web']);
  }
  expect(outcomes).toContain('refused');
  expect(outcomes.at(-1)).toBe('stored');
});

/** Fills the file system but for some pages. */
function fill(path: string, left: number): void {
  const page = Buffer.alloc(4096);
  let pages = 0;
  try {
    for (; ; pages += 1) writeFileSync(path, page, { flag: 'a' });
  } catch {
    writeFileSync(path, Buffer.alloc(4096 * Math.max(0, pages - left)));
  }
}
