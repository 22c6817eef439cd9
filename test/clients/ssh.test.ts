/** From another machine: virsh by SSH, with a real sshd. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { BackgroundProgram } from '../support/clients/background-program';
import { clientEnvironment, rootAndDaemon, virsh } from '../support/clients/client-world';
import { helloWorldXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const port = 2222;

async function makeKey(path: string): Promise<void> {
  const made = await runProgram(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path]);
  expect([made.code, made.stderr]).toEqual([0, '']);
}

/** A daemon of SSH on the loopback, for root with a key of the test's. */
const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  const folder = join(made.root.path, 'ssh');
  mkdirSync(folder, { mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  await makeKey(file('host'));
  await makeKey(file('user'));
  writeFileSync(
    file('sshd_config'),
    [
      ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${file('host')}`, 'UsePAM no'],
      ...[`AuthorizedKeysFile ${file('user.pub')}`, 'PermitRootLogin yes', 'StrictModes no'],
      ...[`PidFile ${file('pid')}`, 'PasswordAuthentication no', ''],
    ].join('\n'),
  );
  // sshd wants this folder, which its service makes.
  mkdirSync('/run/sshd', { recursive: true });
  keep(new BackgroundProgram(['/usr/sbin/sshd', '-D', '-e', '-f', file('sshd_config')]));
  await eventually(async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
    } finally {
      socket.destroy();
    }
  });
  // What libvirt's client starts instead of ssh: the same with the files of the test.
  const ssh = file('ssh');
  const options = [`-i ${file('user')}`, `-p ${port}`, `-o UserKnownHostsFile=${file('known')}`];
  writeFileSync(ssh, `#!/bin/sh\nexec ssh -F none ${options.join(' ')} "$@"\n`, { mode: 0o755 });
  return { ...made, ssh };
});

test('virsh reaches the daemon of another host', async () => {
  await (await world.connection.defineDomain(helloWorldXml)).start();
  const { root, ssh } = world;
  const socket = join(root.path, 'run/tslxc/tslxc-sock');
  for (const query of [
    // By the name of libvirt's socket, which a helper of libvirt's finds.
    '',
    // By the daemon's own, with netcat.
    `&proxy=netcat&socket=${socket}`,
  ]) {
    const uri = `lxc+ssh://root@127.0.0.1/system?command=${ssh}&no_verify=1${query}`;
    expect(await virsh('-q', '-c', uri, 'list', '--name')).toMatchObject({
      code: 0,
      stdout: 'helloworld\n',
    });
    expect((await virsh('-q', '-c', uri, 'hostname')).code).toBe(0);
  }
});

test('read-only is the other socket there, too', async () => {
  await world.connection.defineDomain(helloWorldXml);
  const uri = `lxc+ssh://root@127.0.0.1/system?command=${world.ssh}&no_verify=1`;
  const { code, stderr } = await runProgram(['virsh', '-r', '-c', uri, 'start', 'helloworld'], {
    env: clientEnvironment,
  });
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('operation forbidden: read only access prevents') as string,
  ]);
});
