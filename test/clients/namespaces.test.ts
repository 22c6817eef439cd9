/** The namespaces of a container, whose descriptors libvirt's clients get and join. */
import { readlinkSync } from 'node:fs';
import { helloWorldXml } from '../support/domain/domain-xml';
import { clientEnvironment, python, rootAndDaemon, virsh } from '../support/clients/client-world';
import { listProcesses, readProcess } from '../support/process/processes';
import { runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

test('libvirt-python gets those of init, in the order in which they are joined', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  await domain.start();
  const script = `
import libvirt, libvirt_lxc, os
connection = libvirt.open('lxc:///')
for descriptor in libvirt_lxc.lxcOpenNamespace(connection.lookupByName('helloworld'), 0):
    print(os.readlink('/proc/self/fd/%d' % descriptor))
print(connection.getType())
`;
  const { code, stdout } = await python(script);
  const init = listProcesses().find((pid) => readProcess(pid).parent === domain.id) ?? 0;
  const names = ['user', 'ipc', 'uts', 'net', 'pid', 'mnt'];
  const links = names.map((name) => readlinkSync(`/proc/${init}/ns/${name}`));
  expect([code, stdout.trim().split('\n')]).toEqual([0, [...links, 'LXC']]);
});

/**
 * Runs virsh where only the hierarchies of v1 are mounted. It joins the group that `libvirt` is in by itself, which no process can
 * do with v2 but in the hierarchy's real root: the test has a cgroup namespace of its own.
 */
function virshWithoutUnified(...words: readonly string[]): Promise<CommandResult> {
  const unmount = 'if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi';
  const argv = ['sh', '-c', `${unmount}; exec "$@"`, 'sh', 'virsh', '-q', ...words];
  return runProgram(['unshare', '--mount', '--propagation', 'private', '--', ...argv], {
    env: clientEnvironment,
  });
}

test('virsh runs a command in them', async () => {
  await (await world.connection.defineDomain(helloWorldXml)).start();
  const words = [
    'helloworld',
    '--noseclabel',
    '--',
    '/bin/sh',
    '-c',
    'echo $(readlink /proc/self/ns/uts)',
  ];
  const { code, stdout, stderr } = await virshWithoutUnified('lxc-enter-namespace', ...words);
  expect([code, stderr, stdout.trim()]).toEqual([0, '', expect.stringMatching(/^uts:\[\d+\]$/)]);
  expect(stdout.trim()).not.toBe(readlinkSync('/proc/self/ns/uts'));
});

test('there are none of a domain that does not run', async () => {
  await world.connection.defineDomain(helloWorldXml);
  const { code, stderr } = await virsh('lxc-enter-namespace', 'helloworld', '/bin/true');
  expect([code, stderr]).toEqual([1, expect.stringContaining('domain is not running') as string]);
});
