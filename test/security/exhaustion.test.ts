/** What one container takes of which the kernel has one supply for all (T27): pseudo-terminals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import type { TestDomain } from '../support/domain/test-domain';
import { idMapXml } from '../support/domain/mapped-domain';
import { containerTest, nothing } from '../support/world/container-test';
import { startIdle, takeInside } from './taking';

containerTest(nothing);

const script = readFileSync(join(__dirname, 'take-terminals.py'), 'utf8');
const limit = (max: number): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:ptys max='${max}'/></t:container></metadata>`;

/** How many terminals root inside gets, which it holds while `meanwhile` runs, and what it is told in the end. */
const take = (
  container: TestDomain,
  words: readonly string[],
  meanwhile?: () => Promise<void>,
): Promise<string> => takeInside(container, { script, words, meanwhile });

/** That the host, and another container with its console, get a terminal. */
async function expectSomeLeft(): Promise<void> {
  const { master, slave } = native().openPty();
  for (const fd of [master, slave]) native().closeDescriptor(fd);
  await using other = await startIdle('terminals-other');
  expect(await other.reason()).toBe('running (booted)');
}

test.each([
  ['of the host’s root', ''],
  ['with an id map', idMapXml()],
])(
  'a container %s gets the terminals that its definition allows, and others still get some',
  async (_title, idMap) => {
    await using container = await startIdle('terminals-limited', `${limit(64)}${idMap}`);
    // The console is the first of them.
    expect(await take(container, ['/dev/pts', '200'], expectSomeLeft)).toBe('63 ENOSPC');
  },
);

test('one whose definition says nothing gets 1024, and others still get some', async () => {
  await using container = await startIdle('terminals-usual');
  expect(await take(container, ['/dev/pts', '1500'], expectSomeLeft)).toBe('1023 ENOSPC');
});

test('control: with a higher limit the same container gets more', async () => {
  await using container = await startIdle('terminals-many', limit(4096));
  expect(await take(container, ['/dev/pts', '1500'])).toBe('1500 none');
});

test('expected open: a devpts that root inside mounts has the limit that it chooses', async () => {
  await using container = await startIdle('terminals-own', limit(64));
  expect(await take(container, ['/mnt', '200', 'mount'])).toBe('200 none');
});
