/** Devices with cgroup v2 alone, where a program of the kernel's decides: what is asked for, and no other. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, nothing } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { MarkedDisk } from '../support/fake/marked-disk';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const name = 'devices';
const cgroup = `/sys/fs/cgroup/libvirt/lxc/${name}`;

containerTest(nothing);

/** What a process of the host, with every capability, may do with a device in the container's cgroup. */
async function allowed(disk: MarkedDisk, folder: string): Promise<string> {
  const { major, minor } = disk.numbers;
  const script = `
    echo $$ > ${cgroup}/cgroup.procs
    mknod ${join(folder, 'made')} b ${major} ${minor} && echo m
    { true; } < ${disk.path} && echo r
    { true; } >> ${disk.path} && echo w`;
  const { stdout } = await runProgram(['sh', '-c', script]);
  return stdout.replaceAll('\n', '');
}

test('a disk that is only read can be read, one that is not asked for can’t be, nor in a cgroup made inside', async () => {
  using asked = new MarkedDisk();
  using other = new MarkedDisk();
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['mkdir', 'mknod']);
  await using connection = await connect(undefined, { root: root.path });
  const nodes = join(busybox.path, 'nodes');
  mkdirSync(nodes);
  const { major, minor } = other.numbers;
  await runProgram(['mknod', join(nodes, 'other'), 'b', `${major}`, `${minor}`]);
  const domain = await connection.defineDomain(
    domainXml({
      name,
      filesystems: [{ source: busybox.path, target: '/' }],
      devices: `<disk type='block'><source dev='${asked.path}'/><target dev='sda'/><readonly/></disk>`,
    }),
  );
  await domain.start();
  expect(await allowed(asked, root.path)).toBe('mr');
  expect(await allowed(other, root.path)).toBe('');

  const read = (node: string): Promise<string> =>
    inside(domain, `head -c ${MarkedDisk.marker.length} ${node} 2>&1; echo`);
  expect(await read('/dev/sda')).toBe(`${MarkedDisk.marker}\n`);
  expect(await read('/nodes/other')).toMatch(/Operation not permitted\n/);
  const enter = 'mkdir /sys/fs/cgroup/sub && echo $$ > /sys/fs/cgroup/sub/cgroup.procs';
  expect(await inside(domain, `${enter}; cat /proc/self/cgroup`)).toBe('0::/sub\n');
  expect(await read('/nodes/other')).toMatch(/Operation not permitted\n/);
  expect(await inside(domain, `mknod /nodes/new b ${major} ${minor} 2>&1`)).toMatch(
    /Operation not permitted\n/,
  );
  await domain.destroy();
});
