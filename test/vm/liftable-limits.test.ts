/** A v2 tree that is mounted without `nsdelegate`: a process that may write to the root of its namespace still lifts no limit. */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { domainXml } from '../support/domain/domain-xml';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { inside } from '../support/domain/inside';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const name = 'liftable';
const mount = '/sys/fs/cgroup';

async function remount(options: string): Promise<void> {
  const words = ['mount', '-t', 'cgroup2', '-o', `remount,${options}`, 'cgroup2', mount];
  const { code, stderr } = await runProgram(words);
  if (code !== 0) throw new Error(stderr);
}

const superOptions = (): string =>
  /^.* - cgroup2 \S+ (.*)$/m.exec(readFileSync('/proc/self/mountinfo', 'latin1'))?.[1] ?? '';

let before = '';

beforeAll(async () => {
  before = superOptions();
  await remount('rw,memory_recursiveprot');
});

beforeAll(startOnce);

afterAll(async () => {
  await remount('rw,nsdelegate,memory_recursiveprot');
  expect(superOptions()).toBe(before);
});

test('root inside writes to its own directory, and not to the one that limits it', async () => {
  expect(superOptions()).not.toContain('nsdelegate');
  const host = snapshotHost();
  await using root = await makeTestRoot();
  await using busybox = await makeBusyboxRoot(['dd']);
  const connection = await connect(undefined, { root: root.path });
  const domain = await connection.defineDomain(
    domainXml({ name, filesystems: [{ source: busybox.path, target: '/' }] }),
  );
  await domain.start();
  const lifted = await inside(domain, `echo max > ${mount}/memory.max && cat /proc/self/cgroup`);
  expect(lifted).toBe('0::/\n');
  expect(readFileSync(`${mount}/libvirt/lxc/${name}/memory.max`, 'latin1')).toBe('104857600\n');
  const said = await inside(domain, 'dd if=/dev/zero of=/dev/null bs=150M count=1; echo $?');
  expect(said).toMatch(/137\n$/);
  await domain.destroy();
  await connection.close();
  await expectHostUnchanged(host, { except: ['mounts'] });
});
