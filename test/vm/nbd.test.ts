/** Images of qemu as disks, in a machine whose kernel has network block devices. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { inside } from '../support/domain/inside';
import { startOnce } from '../support/world/first-start';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';

const name = 'nbd';
const isServed = (): boolean => existsSync('/sys/block/nbd0/pid');

beforeAll(startOnce);

test('a qcow2 image is read and written, and let go of with the container, also when its monitor is killed', async () => {
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['dd']);
  await using connection = await connect(undefined, { root: root.path });
  const folder = join(root.path, 'images');
  mkdirSync(folder);
  const image = join(folder, 'image');
  expect(await runProgram(['qemu-img', 'create', '-f', 'qcow2', image, '1M'])).toMatchObject({
    code: 0,
  });
  const domain = await connection.defineDomain(
    domainXml({
      name,
      filesystems: [{ source: busybox.path, target: '/' }],
      devices: `<disk><driver name='nbd' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>`,
    }),
  );
  await domain.start();
  expect(isServed()).toBe(true);
  await inside(domain, 'echo -n marker | dd of=/dev/vda conv=notrunc,fsync 2> /dev/null');
  await domain.destroy();
  expect(isServed()).toBe(false);
  // What was written is in the image, whose own bytes begin with the mark of its format.
  expect(readFileSync(image, 'latin1').slice(0, 3)).toBe('QFI');
  await domain.start();
  expect(await inside(domain, 'head -c 6 /dev/vda; echo')).toBe('marker\n');
  process.kill(domain.id ?? 0, 'SIGKILL');
  await eventually(async () => expect(await domain.state()).toMatchObject({ state: 'shutoff' }));
  expect(isServed()).toBe(false);
});
