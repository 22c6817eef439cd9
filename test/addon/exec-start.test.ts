/** What a caller is told when the helper process for a command is killed at its very start. */
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { execInContainer } from '../../lib/container/exec/exec';
import { Lookers } from '../../lib/container/looks/looks';
import { SyscallError } from '../../lib/errors';
import { monitorExecutable } from '../../lib/host/executable';
import { native } from '../../lib/host/native';
import { statePaths } from '../../lib/host/state/state-paths';
import { eventually } from '../support/time/eventually';
import { document, parse } from '../unit/domain/parse-context';
import { layouts, rootPrivileges } from '../unit/plan/plan-context';
import { Scratch } from './scratch';

const { ECHILD } = constants.errno;

/** In the place of init there is a child of this process, which is in the place of the monitor. */
let mockInit = 0;

jest.mock('../../lib/container/init/init-state', () => ({
  frozenBy: () => undefined,
  readInitState: () => ({ boundingSet: 0n, noNewPrivileges: false, tasks: [], unified: '' }),
}));
jest.mock('../../lib/container/record/run-state', () => ({
  ...jest.requireActual<object>('../../lib/container/record/run-state'),
  readRunState: () => ({ phase: 'running', running: { id: process.pid, init: mockInit } }),
}));

const scratch = new Scratch();

afterAll(() => scratch.dispose());

function execNow(): ReturnType<typeof execInContainer> {
  const definition = parse(document({}));
  const { name, uuid } = definition;
  const host = {
    ...{ arch: 'x86_64', kernel: '6.12.0', boot: '', nsfsIgnoresType: false, thermalThrottle: [] },
    ...{ cgroups: layouts.v1, privileges: rootPrivileges },
  };
  const start = {
    ...({ name, uuid, boot: '', persistence: 'transient', xml: '', undo: [] } as const),
    ...({ hardening: 'hardened', time: 1, controller: 1 } as const),
  };
  const running = { id: process.pid, init: mockInit, consoles: [] };
  const paths = statePaths(scratch.path);
  return execInContainer(
    { host, paths, lookers: new Lookers(), start, running, definition },
    { argv: ['true'], env: {}, deadline: 1000 },
  );
}

test('a command whose stage 0 was killed has failed, with its domain, and leaves no descriptor', async () => {
  mockInit = scratch.start('sleep', '60').pid;
  // What the addon says when stage 0 ends by a signal: too early for a test to send one.
  const cause = new SyscallError({ errno: ECHILD, syscall: 'waitpid', path: 'stage 0' });
  const spawn = jest.spyOn(native(), 'executeMonitor').mockRejectedValue(cause);
  // It is opened once, and stays so.
  monitorExecutable();
  const before = readdirSync('/proc/self/fd');
  await expect(execNow()).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message:
      "operation failed: the helper process for a command in domain 'test' ended before the command was executed",
    domain: 'test',
  });
  expect(spawn).toHaveBeenCalledTimes(1);
  spawn.mockRestore();
  await eventually(() => expect(readdirSync('/proc/self/fd')).toEqual(before), 1000);
});
