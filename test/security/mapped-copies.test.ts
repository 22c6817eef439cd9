/**
 * Copies of a root that a container with own ids has written to (T38). A set-uid program that its root has made belongs to the
 * host's root, so no other user of the host may reach a copy of it, as no one may reach the original.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import {
  automaticIdMapXml,
  idMapXml,
  makeClosedRoot,
  runInside,
} from '../support/domain/mapped-domain';
import type { ClosedRoot } from '../support/domain/mapped-domain';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { runCommand, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

interface World {
  readonly closed: ClosedRoot;
  readonly root: TestRoot;
  /** A folder that every user can search. */
  readonly open: string;
}

const world: World = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const open = mkdtempSync('/var/tmp/tslxc-open-');
  keep(() => rmSync(open, { recursive: true }));
  chmodSync(open, 0o755);
  return { closed, root, open };
});

const connected = (): Promise<Connection> => connect(undefined, { root: world.root.path });

/** A domain whose root has put a set-uid program, the host's id(1), into its root. */
async function planted(
  connection: Connection,
  elements = idMapXml(),
  more = 'true',
): Promise<Domain> {
  const { path } = world.closed;
  copyFileSync('/usr/bin/id', join(path, 'id'));
  const filesystems = [{ source: path, target: '/' }];
  const domain = await connection.defineDomain(
    domainXml({ name: 'mapped', elements, filesystems }),
  );
  await domain.start();
  await runInside(domain, `cp /id /planted; chmod 4755 /planted; ${more}`);
  await domain.destroy();
  expect(statSync(join(path, 'planted'))).toMatchObject({ uid: 0, mode: 0o104755 });
  return domain;
}

/** The user that the program is executed as when another user of the host runs it; undefined where that is out of reach. */
async function ranAs(tree: string): Promise<string | undefined> {
  const program = join(tree, 'planted');
  const { code, stdout } = await runProgram(['/usr/bin/env', program, '-u'], { uid: 2000 });
  return code === 0 ? stdout.trim() : undefined;
}

const changeBy = (unsafe: UnsafePackage, action: string): Promise<void> =>
  unsafe.change({ root: world.root.path, name: 'mapped' }, action);

const refusal = (folder: string): object => ({
  code: 'CONFIG_UNSUPPORTED',
  path: folder,
  message: expect.stringContaining(`chmod 0700 '${folder}'`) as string,
});

test.each([
  ['an id map', idMapXml()],
  ['allocated ids', automaticIdMapXml],
])(
  'a clone with %s into a folder that others can search is refused, and leaves nothing',
  async (_, elements) => {
    const { closed, open, root } = world;
    await using connection = await connected();
    const domain = await planted(connection, elements);
    expect(await ranAs(closed.path)).toBeUndefined();
    const paths = { '/': join(open, 'copy') };
    await expect(domain.clone('copy', { paths })).rejects.toMatchObject(refusal(open));
    for (const words of [join(open, 'copy'), `/=${join(open, 'copy')}`]) {
      const { code, stderr } = await runCommand(['clone', 'mapped', 'copy', '--path', words], {
        root: root.path,
      });
      expect([code, stderr]).toEqual([1, expect.stringContaining(`chmod 0700 '${open}'`)]);
    }
    expect(readdirSync(open)).toEqual([]);
    expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['mapped']);
    await domain.clone('copy', { paths: { '/': join(closed.folder, 'copy') } });
    expect(await ranAs(join(closed.folder, 'copy'))).toBeUndefined();
  },
);

test('a clone of a snapshot is refused there as well, and one beside an original that has been opened', async () => {
  const { closed, open } = world;
  await using connection = await connected();
  const domain = await planted(connection);
  await domain.snapshots.create({ name: 'first' });
  const paths = { '/': join(open, 'copy') };
  await expect(domain.clone('copy', { paths, snapshot: 'first' })).rejects.toMatchObject(
    refusal(open),
  );
  expect(readdirSync(open)).toEqual([]);
  const before = readdirSync(closed.folder).sort();
  chmodSync(closed.folder, 0o755);
  await expect(domain.clone('copy')).rejects.toMatchObject(refusal(closed.folder));
  expect(readdirSync(closed.folder).sort()).toEqual(before);
});

test('a snapshot lies in a folder that only root can search, or is refused', async () => {
  const { closed } = world;
  await using connection = await connected();
  const domain = await planted(connection);
  chmodSync(closed.folder, 0o755);
  const kept = `${closed.path}.snapshots`;
  mkdirSync(kept, { mode: 0o755 });
  await expect(domain.snapshots.create({ name: 'first' })).rejects.toMatchObject(refusal(kept));
  expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
  rmSync(kept, { recursive: true, force: true });
  await domain.snapshots.create({ name: 'first' });
  expect(await ranAs(closed.path)).toBe('0');
  expect(await ranAs(join(kept, 'first'))).toBeUndefined();
});

test('a snapshot is not put back where others can search', async () => {
  const { closed } = world;
  await using connection = await connected();
  const domain = await planted(connection);
  await domain.snapshots.create({ name: 'first' });
  rmSync(join(closed.path, 'planted'));
  chmodSync(closed.folder, 0o755);
  await expect(domain.snapshots.revert('first')).rejects.toMatchObject(refusal(closed.folder));
  expect(readdirSync(`${closed.path}.snapshots`)).toEqual(['first']);
  expect(await ranAs(closed.path)).toBeUndefined();
  chmodSync(closed.folder, 0o700);
  await domain.snapshots.revert('first');
  expect(existsSync(join(closed.path, 'planted'))).toBe(true);
});

const overlay = (upper: string): string =>
  `${idMapXml()}<metadata><t:container xmlns:t='urn:tslxc:domain:1'>` +
  `<t:overlay target='/' upper='${upper}'/></t:container></metadata>`;

test('a layer is made, and copied, in a folder of its own that only root can search', async () => {
  const { closed, open } = world;
  await using connection = await connected();
  const upper = join(open, 'upper');
  mkdirSync(upper, { mode: 0o755 });
  await expect(planted(connection, overlay(upper))).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
  });
  expect(readdirSync(upper)).toEqual([]);
  rmSync(upper, { recursive: true });
  const filesystems = [{ source: closed.path, target: '/' }];
  const xml = domainXml({ name: 'mapped', elements: overlay(upper), filesystems });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  await runInside(domain, 'cp /id /planted; chmod 4755 /planted');
  await domain.destroy();
  await domain.clone('copy', { paths: { '/': join(open, 'copy') } });
  for (const name of ['upper', 'copy']) {
    expect(existsSync(join(open, name, 'upper/planted'))).toBe(true);
    expect(statSync(join(open, name)).mode & 0o777).toBe(0o700);
    expect(await ranAs(join(open, name, 'upper'))).toBeUndefined();
  }
});

/** An id map whose user for root is also one inside, so that root inside can make the root of the disk look prepared for it. */
const overlapping = idMapXml([[0, 1000, 65_536]]);

test('a root that its container has given to the user of its map is copied, and started, out of reach alone', async () => {
  const { closed, open } = world;
  await using connection = await connected();
  const domain = await planted(connection, overlapping, 'chown 1000 /');
  expect(statSync(closed.path).uid).toBe(1000);
  const paths = { '/': join(open, 'copy') };
  await expect(domain.clone('copy', { paths })).rejects.toMatchObject(refusal(open));
  expect(readdirSync(open)).toEqual([]);
  await domain.snapshots.create({ name: 'first' });
  chmodSync(closed.folder, 0o755);
  await expect(domain.snapshots.revert('first')).rejects.toMatchObject(refusal(closed.folder));
  const advised = expect.stringContaining(`chmod 0700 '${closed.folder}'`) as string;
  const refused = { code: 'CONFIG_UNSUPPORTED', message: advised };
  await expect(domain.start()).rejects.toMatchObject(refused);
  const kept = `${closed.path}.snapshots`;
  chmodSync(kept, 0o755);
  await expect(domain.snapshots.create({ name: 'second' })).rejects.toMatchObject(refusal(kept));
});

test('control: without the check every user of the host executes it as root', async () => {
  const { closed, open } = world;
  using unsafe = await UnsafePackage.make('public copies');
  await using connection = await connected();
  await planted(connection);
  const kept = `${closed.path}.snapshots`;
  mkdirSync(kept, { mode: 0o755 });
  const clone = `await domain.clone('copy', { paths: { '/': '${open}/copy' } })`;
  await changeBy(unsafe, `${clone}; await domain.snapshots.create({ name: 'first' })`);
  expect(await ranAs(join(open, 'copy'))).toBe('0');
  rmSync(join(closed.path, 'planted'));
  chmodSync(closed.folder, 0o755);
  expect(await ranAs(join(kept, 'first'))).toBe('0');
  await changeBy(unsafe, "await domain.snapshots.revert('first')");
  expect(await ranAs(closed.path)).toBe('0');
});

test('control: if its owner is believed, every user of the host executes a copy of it as root, and it starts', async () => {
  const { closed, open } = world;
  using unsafe = await UnsafePackage.make('believed owner');
  await using connection = await connected();
  const domain = await planted(connection, overlapping, 'chown 1000 /');
  await changeBy(unsafe, `await domain.clone('copy', { paths: { '/': '${open}/copy' } })`);
  expect(await ranAs(join(open, 'copy'))).toBe('0');
  chmodSync(closed.folder, 0o755);
  await changeBy(unsafe, "await domain.start({ ownership: 'leave' })");
  expect(await ranAs(closed.path)).toBe('0');
  await domain.destroy();
});
