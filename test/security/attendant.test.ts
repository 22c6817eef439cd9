/**
 * Root inside without a user namespace takes the sockets of the process that looks after a command, and goes from them to
 * the process of the host at the other end: a pidfd of that one gives its namespaces and its descriptors away. Recipe T33
 * of the threat catalogue.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { helpers } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { hasPeerPidfd } from '../support/probe/peer-pidfd';
import { makeTestRoot } from '../support/root/test-root';
import { UnsafePackage } from '../support/probe/unsafe-package';

const world = containerTest(
  (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-sockets-');
    keep(() => rmSync(scratch, { recursive: true }));
    chmodSync(scratch, 0o755);
    copyFileSync(join(__dirname, 'take-sockets.py'), join(scratch, 'take.py'));
    return { scratch };
  },
  { per: 'file', except: ['descriptors'] },
);

/** With it nothing is denied that the attack could use: pidfd_getfd(2) spares it to be traced by hand. */
const traces = '<features><capabilities><sys_ptrace/></capabilities></features>';

/** By which ends of its sockets PID 1 has got to the host, while a command ran and was sent signals. */
async function attack(connectTo: typeof connect): Promise<readonly string[]> {
  await using root = await makeTestRoot();
  const folder = mkdtempSync(join(world.scratch, 'found-'));
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  // tslxc's own state, which the container does not see.
  mkdirSync(join(root.path, 'run/tslxc/lxc'), { recursive: true });
  const canary = join(root.path, 'run/tslxc/lxc/canary');
  writeFileSync(canary, 'secret of the host');
  await using connection = await connectTo(undefined, { root: root.path });
  const initArguments = [join(world.scratch, 'take.py'), folder, canary];
  const init = { init: '/usr/bin/python3', initArguments };
  const domain = await connection.createDomain(
    domainXml({ name: 'exec-sockets', ...init, elements: traces }),
  );
  try {
    const command = await domain.exec(['sleep', '8002'], { stdin: 'ignore' }).started;
    await eventually(() => expect(read('taken')).toBe(1));
    for (let round = 0; round < 10; round += 1) {
      command.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    writeFileSync(join(folder, 'stop'), '');
    await eventually(() => expect(existsSync(join(folder, 'found'))).toBe(true));
    command.destroy();
    await command.result;
    return read('found') as readonly string[];
  } finally {
    await domain.destroy();
    await eventually(() => expect(helpers()).toEqual([]));
  }
}

/** A kernel that gives no pidfd of a peer gives none of a sender either: both have come with Linux 6.5. */
const reachedBy = (end: string): readonly string[] => (hasPeerPidfd() ? [end] : []);

describe('the socket of the process that looks after a command (T33)', () => {
  test('leads to no process of the host', async () => {
    expect(await attack(connect)).toEqual([]);
  });

  test('control: made by the attendant it leads to it', async () => {
    using unsafe = await UnsafePackage.make('named attendant');
    expect(await attack(await unsafe.connect())).toEqual(reachedBy('maker'));
  });

  test('control: used by the attendant to say something it leads to it', async () => {
    using unsafe = await UnsafePackage.make('speaking attendant');
    expect(await attack(await unsafe.connect())).toEqual(reachedBy('sender'));
  });
});
