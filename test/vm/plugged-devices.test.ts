/** Devices that come and go with cgroup v2 alone: the kernel's program allows what the definition that runs has, and nothing else. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { MarkedDisk } from '../support/fake/marked-disk';
import { filterFaults } from '../support/probe/device-access';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest, nothing } from '../support/world/container-test';

containerTest(nothing);

test('after each device that is attached, refused or detached the filter is as its model', async () => {
  using one = new MarkedDisk();
  using other = new MarkedDisk();
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot([]);
  await using connection = await connect(undefined, { root: root.path });
  const folder = join(root.path, 'nodes');
  for (const index of ['0', '1']) mkdirSync(join(folder, index), { recursive: true });
  const filesystems = [{ source: busybox.path, target: '/' }];
  const domain = await connection.defineDomain(domainXml({ name: 'plugged-devices', filesystems }));
  await domain.start();
  expect(await filterFaults(domain, [one, other], folder)).toEqual([]);
  await domain.destroy();
});
