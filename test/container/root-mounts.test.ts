/** What a container has mounted, on a private and on the shared root. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { hiddenDirectories, statePaths } from '../../lib/host/state/state-paths';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { askConsole } from '../support/console/console-answer';
import { initOf } from '../support/world/container-traces';
import { domainXml, helloWorldXml } from '../support/domain/domain-xml';
import type { FilesystemSource } from '../support/domain/domain-xml';
import { makeImage } from '../support/root/filesystem-image';
import { exclusive } from '../support/world/exclusive';
import { files } from '../support/world/host-aspects';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { kernelMounts, isCover } from '../support/domain/kernel-mounts';

const name = 'helloworld';

exclusive();

const world = containerTest(rootAndConnection, { watch: ['/etc/httpd'] });

interface Mount {
  readonly device: string;
  /** Of the file system, what is mounted. */
  readonly subtree: string;
  readonly target: string;
  readonly options: string;
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** Mounts that a process sees, as in proc_pid_mountinfo(5); the optional fields don't matter. */
function mountsOf(pid: number | 'self'): Mount[] {
  const text = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [left = '', right = ''] = line.split(' - ');
      const [, , device = '', subtree = '', target = '', options = ''] = left.split(' ');
      const [type = '', source = '', superOptions = ''] = right.split(' ');
      const row = { device, subtree, target, options, type, source };
      return { ...row, superOptions: superOptions.split(',') };
    });
}

/** The options of what is mounted from a folder: those of the host's mount that it is on, but for `access`. */
function optionsFrom(folder: string, access: 'ro' | 'rw'): string | undefined {
  const around = mountsOf('self').filter(({ target }) =>
    join(folder, '/').startsWith(join(target, '/')),
  );
  const [nearest] = around.sort((a, b) => b.target.length - a.target.length);
  return nearest?.options.replace(/^r[ow]\b/, access);
}

function expectKernelMounts(mounts: readonly Mount[]): void {
  for (const [target, wanted] of Object.entries(kernelMounts)) {
    const [mount, ...more] = mounts.filter((one) => one.target === target);
    expect(more).toEqual([]);
    expect([mount?.source, mount?.type, mount?.options]).toEqual(wanted);
  }
  const superOptionsOf = (target: string): readonly string[] =>
    mounts.find((one) => one.target === target)?.superOptions ?? [];
  expect(superOptionsOf('/dev')).toEqual(expect.arrayContaining(['size=64k', 'mode=755']));
  expect(superOptionsOf('/dev/pts')).toEqual(
    expect.arrayContaining(['gid=5', 'mode=620', 'ptmxmode=666']),
  );
  expect(mounts.find(({ target }) => target === '/proc/sys')?.subtree).toBe('/sys');
}

async function startPrivate(
  path: string,
  filesystems: readonly FilesystemSource[] = [],
  access: 'read-only' | 'read-write' = 'read-write',
): Promise<Domain> {
  const all = [{ source: path, target: '/', access }, ...filesystems];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems: all }));
  await domain.start();
  return domain;
}

test('a private root has exactly libvirt’s mounts, with libvirt’s options', async () => {
  await using busybox = await makeBusyboxRoot();
  await startPrivate(busybox.path);
  const mounts = mountsOf(await initOf(name));
  const targets = mounts.map(({ target }) => target).filter((target) => !isCover(target));
  expect(targets.sort()).toEqual(['/', ...Object.keys(kernelMounts)].sort());
  expectKernelMounts(mounts);
  expect(mounts.find(({ target }) => target === '/')?.options).toBe(
    optionsFrom(busybox.path, 'rw'),
  );
});

test('read-only mounts are read-only, the root too', async () => {
  await using busybox = await makeBusyboxRoot();
  for (const folder of ['dev', 'proc', 'sys']) mkdirSync(join(busybox.path, folder));
  const source = join(world.root.path, 'config');
  mkdirSync(source);
  const filesystem = { source, target: '/etc/httpd', access: 'read-only' } as const;
  const domain = await startPrivate(busybox.path, [filesystem], 'read-only');
  const options = new Map(
    mountsOf(await initOf(name)).map((mount) => [mount.target, mount.options]),
  );
  expect(options.get('/')).toBe(optionsFrom(busybox.path, 'ro'));
  expect(options.get('/etc/httpd')).toBe(optionsFrom(source, 'ro'));
  for (const path of ['/file', '/etc/httpd/file']) {
    await askConsole(domain, `echo > ${path}`, new RegExp(`${path}: Read-only file system`));
  }
});

test('an image as a read-only root is opened for reading alone', async () => {
  await using busybox = await makeBusyboxRoot();
  for (const folder of ['dev', 'proc', 'sys']) mkdirSync(join(busybox.path, folder));
  const image = makeImage('ext4', world.root.path, busybox.path);
  const started = async (flags: string): Promise<string> => {
    const root = `<filesystem type='file'><source file='${image}'/><target dir='/'/>${flags}</filesystem>`;
    const domain = await world.connection.defineDomain(domainXml({ name, devices: root }));
    await domain.start();
    const mount = mountsOf(await initOf(name)).find(({ target }) => target === '/');
    expect(mount?.source).toMatch(/^\/dev\/loop\d+$/);
    const device = readFileSync(`/sys/block/${(mount?.source ?? '').slice(5)}/ro`, 'utf8').trim();
    await domain.destroy();
    return device;
  };
  const content = readFileSync(image);
  expect(await started('<readonly/>')).toBe('1');
  expect(readFileSync(image).equals(content)).toBe(true);
  expect(await started('')).toBe('0');
});

test('an end leaves nothing in the container’s root, and of its state what a list needs', async () => {
  await using busybox = await makeBusyboxRoot();
  for (const folder of ['dev', 'proc', 'sys']) mkdirSync(join(busybox.path, folder));
  const { domains } = statePaths(world.root.path);
  const before = files(busybox.path);
  const domain = await startPrivate(busybox.path);
  expect(readdirSync(domains)).toEqual([name]);
  await domain.destroy();
  expect(files(busybox.path)).toEqual(before);
  expect(readdirSync(join(domains, name))).toEqual(['exit.json']);
  await domain.undefine();
  expect(readdirSync(domains)).toEqual([]);
});

test.each(['dev', 'proc', 'sys'])(
  'a read-only root that has no /%s is refused, naming it',
  async (missing) => {
    await using busybox = await makeBusyboxRoot();
    for (const folder of ['dev', 'proc', 'sys']) {
      if (folder !== missing) mkdirSync(join(busybox.path, folder));
    }
    const read = (): string[] => readdirSync(busybox.path).sort();
    const entries = read();
    const EROFS = 30;
    await expect(startPrivate(busybox.path, [], 'read-only')).rejects.toMatchObject({
      code: 'SYSTEM_ERROR',
      errno: EROFS,
      path: `/${missing}`,
      message: expect.stringContaining(`/${missing}`) as string,
    });
    expect(read()).toEqual(entries);
    mkdirSync(join(busybox.path, missing));
    await (await world.connection.lookupDomainByName(name)).start();
  },
);

test('the shared root shows the host’s mounts, less the folders of tslxc’s state', async () => {
  const hidden = hiddenDirectories(statePaths(world.root.path));
  for (const folder of hidden) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'secret'), 'secret');
  }
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  const inside = mountsOf(await initOf(name));
  expectKernelMounts(inside);

  const own = new Set([...Object.keys(kernelMounts), ...hidden]);
  const describe = ({ device, subtree, target, type, source }: Mount): string =>
    [device, subtree, target, type, source].join(' ');
  const others = inside.filter(({ target }) => !own.has(target) && !isCover(target));
  const hosts = mountsOf('self').filter(
    ({ target }) => !/^\/(?:dev|proc|sys)(?:\/|$)/.test(target),
  );
  expect(others.map(describe).sort()).toEqual(hosts.map(describe).sort());

  for (const folder of hidden) {
    const mount = inside.find(({ target }) => target === folder);
    expect([mount?.type, mount?.options]).toEqual(['tmpfs', 'ro,nosuid,nodev,noexec,relatime']);
  }
  const line = `echo "$(ls -A ${hidden.join(' ')} | grep -v ':$')"=$((6 * 7))`;
  const output = await askConsole(domain, line, /=42\r\n/);
  expect(output).toMatch(/^(?:# )?=42\r$/m);
  expect(output).not.toMatch(/^(?:# )?secret/m);
  await domain.destroy();
  for (const folder of hidden) expect(readdirSync(folder)).toContain('secret');
});
