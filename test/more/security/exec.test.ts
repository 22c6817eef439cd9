/**
 * A hostile PID 1 that scans, opens and traces every process that comes up, while commands are run (T8). Without an id map
 * root has CAP_SYS_PTRACE over its container, and what it gets at holds nothing of the host. With one:
 * test/security/exec-mapped.test.ts.
 */
import { connect } from 'tslxc';
import { containerTest } from '../../support/world/container-test';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { makeWatcher, watchCommands } from '../../security/command-watcher';
import type { Found } from '../../security/command-watcher';

const world = containerTest(makeWatcher, { per: 'file', except: ['descriptors'] });

/** Descriptors beside what the guardian waits by, and the command's own pipes. */
function foreign({ fd, late }: Found): string[] {
  const harmless = ['anon_inode', 'pidfd', 'pipe', 'socket'];
  return [...fd, ...late].filter((kind) => !harmless.includes(kind));
}

describe('a hostile PID 1 that watches for commands (T8)', () => {
  test('without one it gets at pipes and sockets, and at nothing of the host', async () => {
    const found = await watchCommands(world.scratch, { connectTo: connect, elements: '' });
    expect(found).toMatchObject({ seen: ['yes'], root: [], write: [], secret: [] });
    expect(foreign(found)).toEqual([]);
    // It is root, with CAP_SYS_PTRACE: the attack itself works.
    expect(found).toMatchObject({ memory: ['read'], ptrace: ['seized'] });
  });

  test('control: without one, what is not closed before the container sees it is found', async () => {
    using unsafe = await UnsafePackage.make('leaky command');
    // What is leaked is the attacker's to break: a command may fail for it.
    const connectTo = await unsafe.connect();
    const whenItFails = () => undefined;
    const found = await watchCommands(world.scratch, { connectTo, elements: '', whenItFails });
    expect(foreign(found)).not.toEqual([]);
  });
});
