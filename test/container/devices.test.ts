/**
 * Devices of the host in the container: those that it asks for, as nodes in its /dev, and no other, whichever way a
 * node of another comes to it. Recipe T13 of the threat catalogue, for devices that are there from the start on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { cgroupsOf, initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import type { FilesystemSource } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { idMapXml, makeClosedRoot, mappedRoot, runInside } from '../support/domain/mapped-domain';
import { MarkedDisk } from '../support/fake/marked-disk';
import { runCommand, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const name = 'devices';
const applets = ['dd', 'mkdir', 'mknod', 'mount'];

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(applets));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

const storage = (source: string): string =>
  `<hostdev mode='capabilities' type='storage'><source><block>${source}</block></source></hostdev>`;
const misc = (source: string): string =>
  `<hostdev mode='capabilities' type='misc'><source><char>${source}</char></source></hostdev>`;
const disk = (source: string, target: string, flags = ''): string =>
  `<disk type='block'><source dev='${source}'/><target dev='${target}'/>${flags}</disk>`;

interface Container {
  readonly devices?: string;
  readonly script?: string;
  readonly filesystems?: readonly FilesystemSource[];
}

/** A private root, and a shell there with the script, or with the console. */
function define({ devices = '', script, filesystems = [] }: Container): Promise<Domain> {
  const all = [{ source: world.busybox.path, target: '/' }, ...filesystems];
  const initArguments = script === undefined ? [] : ['-c', script];
  return world.connection.defineDomain(
    domainXml({ name, initArguments, filesystems: all, devices }),
  );
}

/** Runs the script as init; resolves with what it wrote to /result. */
async function run(container: Container & { readonly script: string }): Promise<string> {
  const script = `exec > /result 2>&1\n${container.script}`;
  const domain = await define({ ...container, script });
  await domain.start();
  await domain.wait();
  return readFileSync(join(world.busybox.path, 'result'), 'utf8').trim();
}

test('disks and host devices are nodes where libvirt has them, and only those', async () => {
  using marked = new MarkedDisk();
  const devices = [disk(marked.path, 'vda'), storage(marked.path), misc('/dev/loop-control')];
  const domain = await define({ devices: devices.join('\n') });
  await domain.start();
  const inside = `/proc/${await initOf(name)}/root/dev`;
  const numbersOf = (path: string): number => statSync(path).rdev;
  const node = marked.path.slice('/dev/'.length);
  for (const [path, host] of [
    ['vda', marked.path],
    [node, marked.path],
    ['loop-control', '/dev/loop-control'],
  ] as const) {
    const { mode, rdev, uid, gid } = lstatSync(`${inside}/${path}`);
    expect([mode, rdev, uid, gid]).toEqual([statSync(host).mode, numbersOf(host), 0, 0]);
  }
  expect(await domain.xml()).toContain(
    `<disk type='block' device='disk'>
      <source dev='${marked.path}'/>
      <target dev='vda' bus='virtio'/>
    </disk>`,
  );
});

test('with an id map a device is that of the container’s root', async () => {
  using marked = new MarkedDisk();
  await using closed = await makeClosedRoot();
  const domain = await world.connection.defineDomain(
    domainXml({
      name,
      elements: idMapXml(),
      filesystems: [{ source: closed.path, target: '/' }],
      devices: storage(marked.path),
    }),
  );
  await domain.start();
  const { uid, gid, mode } = lstatSync(`/proc/${await initOf(name)}/root${marked.path}`);
  const { mode: onHost } = statSync(marked.path);
  expect([uid, gid, mode]).toEqual([mappedRoot.uid, mappedRoot.gid, onHost]);
  const read = await runInside(domain, `head -c ${MarkedDisk.marker.length} ${marked.path}`);
  expect(read).toBe(MarkedDisk.marker);
  await domain.destroy();
});

test('a USB device that is missing is refused in its line, and one that may be is left out', async () => {
  const usb = (policy: string): string =>
    `<hostdev mode='subsystem' type='usb'>
<source startupPolicy='${policy}'><vendor id='0x1234'/><product id='0xabcd'/></source></hostdev>`;
  await expect((await define({ devices: usb('mandatory') })).start()).rejects.toMatchObject({
    element: 'domain/devices/hostdev/source',
    message: expect.stringContaining('Did not find USB device 1234:abcd') as string,
  });
  const domain = await define({ devices: usb('optional') });
  await domain.start();
  expect(existsSync(`/proc/${await initOf(name)}/root/dev/bus`)).toBe(false);
  await domain.detachDevice(usb('optional'));
  expect(await domain.xml()).not.toContain('<hostdev');
});

test('the folders of a device are made', async () => {
  const folder = join(world.root.path, 'folder/below');
  mkdirSync(folder, { recursive: true });
  await runProgram(['mknod', `${folder}/zero`, 'c', '1', '5']);
  const source = `${folder}/zero`;
  const node = `/dev/${source.split('/').slice(2).join('/')}`;
  const script = `dd if=${node} bs=1 count=3 2>/dev/null | busybox od -An -tx1`;
  expect(await run({ devices: misc(source), script })).toBe('00 00 00');
});

/** Ways in which a node of a device comes to a container that has no right to it: what is done, and its path. */
const ways: Readonly<
  Record<string, (marked: MarkedDisk) => Promise<Container & { node: string }>>
> = {
  'a node that lies in its root': async ({ numbers: { major, minor } }) => {
    await runProgram(['mknod', join(world.busybox.path, 'node'), 'b', `${major}`, `${minor}`]);
    return { node: '/node' };
  },
  'a node that is mounted': ({ path }) =>
    Promise.resolve({ node: '/node', filesystems: [{ source: path, target: '/node' }] }),
  'a folder of nodes that is mounted': ({ path }) =>
    Promise.resolve({
      node: path.replace('/dev', '/host'),
      filesystems: [{ source: '/dev', target: '/host' }],
    }),
};

describe.each(Object.keys(ways))('%s', (way) => {
  test('is of no use without the device, from the first instruction on', async () => {
    using marked = new MarkedDisk();
    const { node, ...container } = (await ways[way]?.(marked)) ?? { node: '' };
    const tries = 20_000;
    const script = `
      i=0; opened=0
      while [ $i -lt ${tries} ]; do
        i=$((i + 1))
        { opened=$((opened + 1)); } 2> /dev/null < ${node}
      done
      echo "opened $opened of $i times"
      cat ${node} | head -c ${MarkedDisk.marker.length}
      echo written > ${node}`;
    const output = await run({ ...container, script });
    expect(output).toContain(`opened 0 of ${tries} times`);
    expect(output).toContain(`can't open '${node}': Operation not permitted`);
    expect(output).not.toContain(MarkedDisk.marker);
    expect(marked.content).toBe(MarkedDisk.marker);
  });

  // Without the filter that keeps it away the container reads what it should not: the test above can fail.
  test('control: is read and written once the device is allowed', async () => {
    using marked = new MarkedDisk();
    const { node, ...container } = (await ways[way]?.(marked)) ?? { node: '' };
    const script = `
      opened=0
      { opened=$((opened + 1)); } 2> /dev/null < ${node}
      echo "opened $opened"
      head -c ${MarkedDisk.marker.length} ${node}; echo -n written > ${node}`;
    expect(await run({ ...container, devices: storage(marked.path), script })).toBe(
      `opened 1\n${MarkedDisk.marker}`,
    );
    expect(marked.content).toMatch(/^written/);
  });
});

/** What a process of the host may do in the container's cgroups, with every capability. */
async function allowedInCgroups(marked: MarkedDisk): Promise<string[]> {
  const { major, minor } = marked.numbers;
  const node = join(world.root.path, 'made');
  const script = `
    for directory in ${cgroupsOf(name).join(' ')}; do
      if test -d $directory/init; then directory=$directory/init; fi
      echo $$ > $directory/cgroup.procs
    done
    if mknod ${node} b ${major} ${minor}; then echo m; fi
    if { true; } < ${marked.path}; then echo r; fi
    if { true; } >> ${marked.path}; then echo w; fi`;
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return output.split('\n').filter((line) => line !== '');
}

test.each([
  ['none', () => '', []],
  ['a host device', (path: string) => storage(path), ['m', 'r', 'w']],
  ['a disk', (path: string) => disk(path, 'sda'), ['m', 'r', 'w']],
  ['a disk that is only read', (path: string) => disk(path, 'sda', '<readonly/>'), ['m', 'r']],
] as const)('the accesses of %s are allowed, and no others', async (_title, devices, accesses) => {
  using marked = new MarkedDisk();
  const domain = await define({ devices: devices(marked.path) });
  await domain.start();
  expect(await allowedInCgroups(marked)).toEqual(accesses);
});

test('a node can’t be made inside', async () => {
  using marked = new MarkedDisk();
  const { major, minor } = marked.numbers;
  const script = `mknod /made b ${major} ${minor}; ls /made`;
  const output = await run({ script });
  expect(output).toContain('Operation not permitted');
  expect(existsSync(join(world.busybox.path, 'made'))).toBe(false);
});

/** Whether the controller has a hierarchy of version 1. A kernel may have it for some only: Linux 6.12 of Debian not for memory. */
const isV1 = (controller: string): boolean =>
  hostFacts().cgroups.hierarchies.some(({ controllers }) => controllers.includes(controller));

const v1 = isV1('devices');

test('its own cgroups can’t be allowed more, when they are mounted anew', async () => {
  using marked = new MarkedDisk();
  const { major, minor } = marked.numbers;
  await runProgram(['mknod', join(world.busybox.path, 'node'), 'b', `${major}`, `${minor}`]);
  for (const folder of ['devices', 'memory']) mkdirSync(join(world.busybox.path, folder));
  const allow = `
    mount -t cgroup -o devices none /devices
    echo a > /devices/devices.allow
    echo 'b ${major}:${minor} rwm' > /devices/devices.allow`;
  const lift = `
    mount -t cgroup -o memory none /memory
    echo -1 > /memory/memory.limit_in_bytes
    echo "lifted to $(cat /memory/memory.limit_in_bytes)"`;
  const output = await run({
    script: `${v1 ? allow : ''}${isV1('memory') ? lift : ''}\nhead -c ${MarkedDisk.marker.length} /node\necho "; end"`,
  });
  expect(output).toMatch(/\/node: Operation not permitted/);
  expect(output).toMatch(/^; end$/m);
  if (isV1('memory')) expect(output).toMatch(/^lifted to \d+$/m);
  expect(output.match(/write error: Operation not permitted/g) ?? []).toHaveLength(v1 ? 2 : 0);
});

test('a cgroup made inside can’t be allowed more', async () => {
  using marked = new MarkedDisk();
  const { major, minor } = marked.numbers;
  await runProgram(['mknod', join(world.busybox.path, 'node'), 'b', `${major}`, `${minor}`]);
  const enter = v1
    ? `mount -t cgroup -o devices none /sub && mkdir /sub/sub
       echo a > /sub/sub/devices.allow
       echo 'b ${major}:${minor} r' > /sub/sub/devices.allow
       echo $$ > /sub/sub/tasks`
    : 'mkdir /sys/fs/cgroup/sub && echo $$ > /sys/fs/cgroup/sub/cgroup.procs';
  mkdirSync(join(world.busybox.path, 'sub'));
  const output = await run({
    script: `set -x\n${enter}\nhead -c ${MarkedDisk.marker.length} /node\ncat /proc/self/cgroup`,
  });
  expect(output).toMatch(/\/sub$/m);
  expect(output).not.toMatch(new RegExp(`^${MarkedDisk.marker}`, 'm'));
  expect(output).toMatch(/\/node: Operation not permitted/);
  const refused = output.match(/write error: Operation not permitted/g) ?? [];
  expect(refused.length).toBe(v1 ? 2 : 0);
});

test.each([
  [
    'disk',
    'is missing',
    disk('/dev/tslxc-none', 'sda'),
    'SYSTEM_ERROR',
    'Unable to access /dev/tslxc-none: ENOENT, no such file or directory (look up the devices of the host; ',
  ],
  [
    'hostdev',
    'is missing',
    misc('/dev/tslxc-none'),
    'SYSTEM_ERROR',
    'Unable to access /dev/tslxc-none: ENOENT, no such file or directory (look up the devices of the host; ',
  ],
  [
    'disk',
    'is of another kind',
    disk('/dev/null', 'sda'),
    'CONFIG_UNSUPPORTED',
    'unsupported configuration: disk source /dev/null is not a block device (',
  ],
  [
    'hostdev',
    'is a character device',
    storage('/dev/net/tun'),
    'CONFIG_UNSUPPORTED',
    'unsupported configuration: Storage source /dev/net/tun must be a block device (',
  ],
  [
    'hostdev',
    'is a folder',
    misc('/dev/net'),
    'CONFIG_UNSUPPORTED',
    'unsupported configuration: Character source /dev/net must be a character device (',
  ],
  [
    'hostdev',
    'has a name that is taken',
    misc('/dev/null'),
    'CONFIG_UNSUPPORTED',
    "unsupported configuration: /dev/null can't be made: the container has a /dev/null (",
  ],
] as const)('a %s that %s is refused in its line', async (...[word, , devices, code, message]) => {
  const domain = await define({ devices });
  const element = `domain/devices/${word}`;
  const stored = readFileSync(join(world.root.path, `etc/tslxc/lxc/${name}.xml`), 'utf8').split(
    '\n',
  );
  const at = stored.findIndex((text) => text.includes(`<${word} `));
  const column = (stored[at]?.indexOf('<') ?? 0) + 1;
  const place = `${element}, line ${at + 1}, column ${column})`;
  await expect(domain.start()).rejects.toMatchObject({
    code,
    element,
    line: at + 1,
    column,
    message: expect.stringContaining(`${message}${place}`) as string,
  });
  expect(cgroupsOf(name)).toEqual([]);
  const { code: exit, stderr } = await runCommand(['start', name], { root: world.root.path });
  expect([exit, stderr]).toEqual([1, expect.stringContaining(place)]);
});
