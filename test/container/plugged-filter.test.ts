/** The device filter of a running container after each device that comes or goes (T13): here that of cgroup v1; test/vm asks v2. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { MarkedDisk } from '../support/fake/marked-disk';
import { filterFaults } from '../support/probe/device-access';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot([]));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { busybox, root, connection };
});

test('it allows what the definition that runs has, and nothing else', async () => {
  using one = new MarkedDisk();
  using other = new MarkedDisk();
  const folder = join(world.root.path, 'nodes');
  for (const index of ['0', '1']) mkdirSync(join(folder, index), { recursive: true });
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const domain = await world.connection.defineDomain(
    domainXml({ name: 'plugged-filter', filesystems }),
  );
  await domain.start();
  expect(await filterFaults(domain, [one, other], folder)).toEqual([]);
});
