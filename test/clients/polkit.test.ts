/** With polkit's own daemon: who else than root may is what its rules say. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { programs } from '../../lib/rpc/protocol/numbers';
import { BackgroundProgram } from '../support/clients/background-program';
import {
  clientEnvironment,
  lastLibvirtSocket,
  libvirtSocket,
} from '../support/clients/client-world';
import { DaemonProcess } from '../support/clients/daemon-process';
import { helloWorldXml } from '../support/domain/domain-xml';
import { commandLine, runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const nobody = 65534;

/** Where polkit takes rules from that are for this boot. The tests have a /run of their own. */
const rulesFolder = '/run/polkit-1/rules.d';

/** The daemon of the system's bus, and polkit's. */
const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  mkdirSync('/run/dbus', { recursive: true });
  mkdirSync(rulesFolder, { recursive: true });
  keep(new BackgroundProgram(['dbus-daemon', '--system', '--nofork', '--nopidfile']));
  const bus = ['gdbus', 'call', '--system', '--dest', 'org.freedesktop.DBus'];
  const names = [...bus, '--object-path', '/', '--method', 'org.freedesktop.DBus.ListNames'];
  const isThere = (name: string): Promise<void> =>
    eventually(async () => {
      const { stdout, stderr } = await runProgram(names);
      expect([stdout, stderr]).toEqual([expect.stringContaining(name) as string, '']);
    });
  await isThere('org.freedesktop.DBus');
  keep(new BackgroundProgram(['/usr/lib/polkit-1/polkitd', '--no-debug']));
  await isThere('org.freedesktop.PolicyKit1');
  keep(
    await DaemonProcess.start({
      root: root.path,
      argv: commandLine('daemon', '--libvirt', '--polkit'),
      socket: lastLibvirtSocket,
    }),
  );
  const connection = keep(await connect(undefined, { root: root.path }));
  return { root, connection };
});

/** Runs virsh as the user nobody, who has no rights here. */
function asNobody(...words: readonly string[]): Promise<CommandResult> {
  return runProgram(['virsh', ...words], { uid: nobody, env: { ...clientEnvironment, HOME: '/' } });
}

const refusal = (text: string): unknown => [1, expect.stringContaining(text)];

test('every user can reach its sockets, since polkit says who may do what', () => {
  const own = ['tslxc-sock', 'tslxc-sock-ro'].map((name) =>
    join(world.root.path, 'run/tslxc', name),
  );
  const modes = [...own, lastLibvirtSocket].map((socket) => statSync(socket).mode & 0o777);
  expect(modes).toEqual([0o666, 0o666, 0o666]);
});

test('without a rule for them others may look, and only root may change anything', async () => {
  await world.connection.defineDomain(helloWorldXml);
  const asRoot = await runProgram(['virsh', 'domuuid', 'helloworld'], { env: clientEnvironment });
  expect([asRoot.code, asRoot.stderr]).toEqual([0, '']);
  const { code, stderr } = await asNobody('start', 'helloworld');
  expect([code, stderr]).toEqual(refusal("authenticate action 'org.libvirt.unix.manage'"));
  const looks = await asNobody('-r', 'list', '--all', '--name');
  expect([looks.code, looks.stdout.trim(), looks.stderr]).toEqual([0, 'helloworld', '']);
  const changes = await asNobody('-r', 'start', 'helloworld');
  expect([changes.code, changes.stderr]).toEqual(refusal('read only access prevents'));
});

/** Connects so many times, asks by each connection how one authenticates, and prints how many bytes of an answer come by it. */
const asker = `
import socket, struct, sys
def answer(one):
    try:
        one.sendall(struct.pack('>7I', 28, ${programs.remote.number}, 1, ${connectProcedures.AuthList.number}, 0, 1, 0))
        return len(one.recv(4))
    except ConnectionError:
        return 0
held = [socket.socket(socket.AF_UNIX) for _ in range(int(sys.argv[2]))]
for one in held:
    one.connect(sys.argv[1])
print(*[answer(one) for one in held])
`;

test('twenty clients may wait for polkit at once, and one more is turned away, unless it is root’s', async () => {
  const ask = ['/usr/bin/python3', '-c', asker, libvirtSocket];
  // What others have had may be theirs for another moment.
  await eventually(async () => {
    const { stdout, stderr } = await runProgram([...ask, '21'], { uid: nobody });
    expect([stdout, stderr]).toEqual([`${'4 '.repeat(20)}0\n`, '']);
  });
  const { stdout } = await runProgram([...ask, '30']);
  expect(stdout).toBe(`${'4 '.repeat(29)}4\n`);
  await eventually(async () => {
    const { code, stderr } = await asNobody('-r', 'list');
    expect([code, stderr]).toEqual([0, '']);
  });
});

test('a rule lets a user do what root may, or refuses even to look', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  writeFileSync(
    `${rulesFolder}/10-test.rules`,
    `polkit.addRule(function (action, subject) {
       if (subject.user !== 'nobody') return undefined;
       if (action.id === 'org.libvirt.unix.manage') return polkit.Result.YES;
       if (action.id === 'org.libvirt.unix.monitor') return polkit.Result.NO;
       return undefined;
     });\n`,
  );
  // polkit's daemon notices a rule by itself.
  await eventually(async () => {
    const { code, stderr } = await asNobody('start', 'helloworld');
    expect([code, stderr]).toEqual([0, '']);
  });
  expect(await domain.state()).toMatchObject({ state: 'running' });
  const { code, stderr } = await asNobody('-r', 'list');
  expect([code, stderr]).toEqual(refusal('access denied by policy'));
});
