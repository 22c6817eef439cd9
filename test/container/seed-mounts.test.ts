/** The seed's "Adding custom mounts" and "A private root filesystem with busybox". */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { rootFilesystem, withDevices } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { exclusive } from '../support/world/exclusive';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { SeedTerminal } from '../support/console/seed-terminal';
import { kernelMounts, isCover } from '../support/domain/kernel-mounts';

const name = 'helloworld';

/** The seed's sources; what of them is made here goes at the end. */
const sources = [
  ['/export/helloworld/config', 'hello.txt'],
  ['/export/helloworld/data', 'world.txt'],
] as const;

const customMounts = `<filesystem type='mount'>
  <source dir='/export/helloworld/config'/>
  <target dir='/etc/httpd'/>
</filesystem>
<filesystem type='mount'>
  <source dir='/export/helloworld/data'/>
  <target dir='/var/www'/>
</filesystem>
`;

/** What the host must have as before: the mount points, and the folders that they are in. */
const watched = ['/export', '/etc/httpd', '/var/www'];
const folders = (): string[][] =>
  ['/etc', '/var', '/'].map((path) => readdirSync(path).filter(isNotOfOtherTests).sort());

/** Another run of the tests, in a world of its own, may have a mount target on this root at the same time. */
const isNotOfOtherTests = (name: string): boolean => !name.startsWith('tslxc-');

exclusive();
const world = containerTest(
  async (keep) => {
    const before = folders();
    keep(() => eventually(() => expect(folders()).toEqual(before)));
    for (const [folder, file] of sources) {
      const first = mkdirSync(folder, { recursive: true });
      if (first !== undefined) keep(() => rmSync(first, { recursive: true, force: true }));
      writeFileSync(join(folder, file), '', { flag: 'wx' });
      keep(() => rmSync(join(folder, file), { force: true }));
    }
    return { ...(await rootAndConnection(keep)), folders: before };
  },
  { watch: watched },
);

const names = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

test('the seed’s custom mounts on the shared root, and the host’s tree as before', async () => {
  await using terminal = await SeedTerminal.open(world.root.path);
  await terminal.writeFile('helloworld.xml', withDevices(customMounts));
  await terminal.host('tslxc define helloworld.xml');
  expect(await terminal.host('tslxc start helloworld')).toContain('started');
  await terminal.openConsole(name);
  expect(await terminal.container('ls /etc/httpd/')).toBe('hello.txt\n');
  expect(await terminal.container('ls /var/www/')).toBe('world.txt\n');
  expect(existsSync('/etc/httpd/hello.txt')).toBe(false);
  expect(existsSync('/var/www/world.txt')).toBe(false);
  await terminal.lastLine('exit');
  expect(await terminal.host('tslxc undefine helloworld')).toContain('has been undefined');
  await eventually(() => expect(folders().slice(0, 2)).toEqual(world.folders.slice(0, 2)));
});

test('the seed’s private root with busybox', async () => {
  await using busybox = await makeBusyboxRoot();
  await using terminal = await SeedTerminal.open(world.root.path);
  const devices = rootFilesystem(busybox.path) + customMounts;
  await terminal.writeFile('helloworld.xml', withDevices(devices));
  await terminal.host('tslxc define helloworld.xml');
  expect(await terminal.host('tslxc start helloworld')).toContain('started');
  await terminal.openConsole(name);
  expect(names(await terminal.container('ls'))).toEqual(names('bin dev etc proc sys var'));
  expect(names(await terminal.container('ls bin/')).sort()).toEqual(
    readdirSync(join(busybox.path, 'bin')).sort(),
  );
  expect(await terminal.container('ls /etc/httpd/')).toBe('hello.txt\n');
  const mounts = (await terminal.container('cat /proc/mounts')).trim().split('\n');
  const targets = mounts
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => !isCover(target));
  const expected = ['/', ...Object.keys(kernelMounts), '/etc/httpd', '/var/www'];
  expect(targets.sort()).toEqual(expected.sort());
  expect(mounts).toContainEqual(expect.stringMatching(/^proc \/proc\/sys proc ro,/));
  expect(mounts).toContainEqual(expect.stringMatching(/^sysfs \/sys sysfs ro,/));
  await terminal.lastLine('exit');
  expect(await terminal.host('tslxc undefine helloworld')).toContain('has been undefined');
});
