/** Limits of space that hold: quotas of projects, which this machine's kernel has, on an ext4 and an xfs. */
import { mkdirSync, openSync, closeSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { native } from '../../lib/host/native';
import type { InodeProject } from '../../lib/host/calls/quota-calls';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml, makeClosedRoot, runInside } from '../support/domain/mapped-domain';
import { runProgram } from '../support/process/run-command';
import { sendSignal } from '../support/process/send-signal';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { startOnce } from '../support/world/first-start';
import { initOf } from '../support/world/container-traces';

const MiB = 1024 * 1024;
const name = 'quotas';
const limit = "<space_hard_limit unit='MiB'>8</space_hard_limit>";

const makers = {
  ext4: { size: 64 * MiB, words: ['mkfs.ext4', '-q', '-O', 'quota,project'] },
  xfs: { size: 320 * MiB, words: ['mkfs.xfs', '-q'] },
} as const;

interface Disk extends AsyncDisposable {
  readonly path: string;
}

async function run(words: readonly string[]): Promise<void> {
  expect(await runProgram(words)).toMatchObject({ code: 0 });
}

/** A file system that counts what projects use, and holds their limits. */
async function makeDisk(type: keyof typeof makers, folder: string): Promise<Disk> {
  const { size, words } = makers[type];
  const [image, path] = [join(folder, `${type}.img`), join(folder, type)];
  writeFileSync(image, '');
  truncateSync(image, size);
  await run([...words, image]);
  mkdirSync(path);
  await run(['mount', '-o', 'loop,prjquota', image, path]);
  const unmount = async (): Promise<void> => {
    await eventually(() => run(['umount', path]));
  };
  return { path, [Symbol.asyncDispose]: unmount };
}

const filesystem = (source: string): string =>
  `<filesystem><source dir='${source}'/><target dir='/'/>${limit}</filesystem>`;

function define(
  connection: Connection,
  source: string,
  { elements = '', called = name } = {},
): Promise<Domain> {
  return connection.defineDomain(
    domainXml({
      name: called,
      elements: `${elements}${idMapXml()}`,
      devices: filesystem(source),
    }),
  );
}

function at<T>(path: string, look: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return look(fd);
  } finally {
    closeSync(fd);
  }
}

const projectAt = (path: string): InodeProject => at(path, (fd) => native().projectOf(fd));

/** Its limit, in KiB. */
const limitOf = (path: string, project: number): number | undefined =>
  at(path, (fd) => native().projectQuota(fd, project)?.hard);

const fill = 'busybox dd if=/dev/zero of=/big bs=1M count=16 2>&1';
const full = /Disk quota exceeded|No space left on device/;

/** Gives a file to project 7, as root of the host, or of a container's user namespace. Prints the errno, or 0. */
const takeOut = `
import fcntl, os, struct, sys
file = os.open(sys.argv[1], os.O_RDONLY)
if sys.argv[2] != 'host':
    os.setns(os.open(f'/proc/{sys.argv[2]}/ns/user', os.O_RDONLY))
    os.setgid(0)
    os.setuid(0)
attributes = bytearray(28)
fcntl.ioctl(file, 0x801c581f, attributes)
attributes[12:16] = struct.pack('I', 7)
try:
    fcntl.ioctl(file, 0x401c5820, bytes(attributes))
    print(0)
except OSError as error:
    print(error.errno)
`;

async function tryToTakeOut(path: string, who: string): Promise<number> {
  const { code, stdout, stderr } = await runProgram(['python3', '-c', takeOut, path, who]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
}

beforeAll(startOnce);

test.each(['ext4', 'xfs'] as const)(
  'on an %s the container gets no more than its limit, which goes with it, also when its monitor is killed',
  async (type) => {
    await using root = await makeTestRoot();
    await using connection = await connect(undefined, { root: root.path });
    await using disk = await makeDisk(type, root.path);
    await using tree = await makeClosedRoot(disk.path);
    const domain = await define(connection, tree.path);
    await domain.start();
    expect(await runInside(domain, `${fill}; busybox df -k /`)).toMatch(full);
    expect(await runInside(domain, 'busybox df -k /')).toMatch(/\s8192\s/);
    const { project, inherited } = projectAt(tree.path);
    expect(inherited).toBe(true);
    for (const file of ['bin/busybox', 'etc', 'big']) {
      expect(projectAt(join(tree.path, file)).project).toBe(project);
    }
    // Nothing else on the file system is limited.
    writeFileSync(join(disk.path, 'other'), Buffer.alloc(16 * MiB));
    expect(projectAt(join(disk.path, 'other')).project).toBe(0);
    const inside = `/proc/${await initOf(name)}/root/big`;
    expect(await tryToTakeOut(inside, String(await initOf(name)))).toBeGreaterThan(0);
    expect(projectAt(inside).project).toBe(project);
    expect(limitOf(disk.path, project)).toBe(8192);
    await domain.destroy();
    expect(limitOf(disk.path, project)).toBe(0);
    // control: the host's root can give the file to another project, and no limit holds now.
    expect(await tryToTakeOut(join(tree.path, 'big'), 'host')).toBe(0);
    rmSync(join(tree.path, 'big'));
    writeFileSync(join(tree.path, 'big'), Buffer.alloc(16 * MiB));
    rmSync(join(tree.path, 'big'));
    // What has been taken out meanwhile is taken in again.
    writeFileSync(join(tree.path, 'out'), 'text');
    at(join(tree.path, 'out'), (fd) => native().setProject(fd, 0));
    await domain.start();
    for (const file of ['', 'out']) {
      expect(projectAt(join(tree.path, file)).project).toBe(project);
    }
    expect(limitOf(disk.path, project)).toBe(8192);
    sendSignal(domain.id, 'SIGKILL');
    await eventually(async () => expect(await domain.state()).toMatchObject({ state: 'shutoff' }));
    expect(limitOf(disk.path, project)).toBe(0);
  },
);

test('a tree has the limits of one container, a project of its own, and never one of the administrator’s', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  await using disk = await makeDisk('ext4', root.path);
  await using tree = await makeClosedRoot(disk.path);
  await using other = await makeClosedRoot(disk.path);
  await using foreign = await makeClosedRoot(disk.path);
  await using nested = await makeClosedRoot(disk.path);
  const first = await define(connection, tree.path);
  await first.start();
  const same = await define(connection, tree.path, { called: 'quotas-same' });
  await expect(same.start()).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
  expect(limitOf(disk.path, projectAt(tree.path).project)).toBe(8192);
  const second = await define(connection, other.path, { called: 'quotas-other' });
  await second.start();
  expect(projectAt(other.path).project).not.toBe(projectAt(tree.path).project);
  at(foreign.path, (fd) => native().setProject(fd, 42));
  const third = await define(connection, foreign.path, { called: 'quotas-foreign' });
  await expect(third.start()).rejects.toThrow('belongs to the project 42 already');
  at(join(nested.path, 'etc'), (fd) => native().setProject(fd, 42));
  const fourth = await define(connection, nested.path, { called: 'quotas-nested' });
  await expect(fourth.start()).rejects.toThrow(
    `'${nested.path}/etc' belongs to another project already`,
  );
  expect(projectAt(join(nested.path, 'etc')).project).toBe(42);
  // What was cut short is gone on with.
  at(join(nested.path, 'etc'), (fd) => native().setProject(fd, 0));
  await fourth.start();
  expect(projectAt(join(nested.path, 'etc/httpd')).project).toBe(projectAt(nested.path).project);
  for (const domain of [first, second, fourth]) await domain.destroy();
});

test('what a container writes over a shared root is limited in the layer that it writes to', async () => {
  await using root = await makeTestRoot();
  await using base = await makeBusyboxRoot();
  await using connection = await connect(undefined, { root: root.path });
  await using disk = await makeDisk('ext4', root.path);
  const upper = join(disk.path, 'upper');
  const elements = `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:overlay target='/' upper='${upper}'/></tslxc:container></metadata>`;
  const domain = await define(connection, base.path, { elements });
  await domain.start();
  expect(await runInside(domain, fill)).toMatch(full);
  expect(projectAt(join(upper, 'upper/big')).project).toBe(projectAt(upper).project);
  await domain.destroy();
});
