/**
 * A hostile PID 1 that scans, opens and traces every process that comes up, while commands are run (T8): with an id map it
 * gets at nothing. What it gets at without one is in test/more/security/exec.test.ts.
 */
import { connect } from 'tslxc';
import { containerTest } from '../support/world/container-test';
import { idMapXml } from '../support/domain/mapped-domain';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { makeWatcher, watchCommands } from './command-watcher';

const world = containerTest(makeWatcher, { per: 'file', except: ['descriptors'] });

const elements = idMapXml();

describe('a hostile PID 1 that watches for commands (T8)', () => {
  test('with an id map gets at no process of ours', async () => {
    expect(await watchCommands(world.scratch, { connectTo: connect, elements })).toEqual({
      ...{ seen: ['yes'], fd: [], root: [], memory: [] },
      ...{ ptrace: [], write: [], secret: [], late: [] },
    });
  });

  test('control: with an id map, a process that is dumpable is opened and traced', async () => {
    using unsafe = await UnsafePackage.make('dumpable command');
    const connectTo = await unsafe.connect();
    const found = await watchCommands(world.scratch, { connectTo, elements });
    expect(found.fd).toContain('pipe');
    expect(found).toMatchObject({ memory: ['read'], ptrace: ['seized'] });
  });
});
