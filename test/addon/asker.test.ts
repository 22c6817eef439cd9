/** The process that asks an init to end for its monitor: one that it can't tell from others it does not ask. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { packageRoot } from '../../lib/host/package-paths';
import { refusing } from './refused-call';
import { Scratch, printed } from './scratch';

const scratch = new Scratch();

afterAll(() => scratch.dispose());

const { SIGTERM, SIGUSR1 } = constants.signals;

/** readlink(2), or readlinkat(2) where there is no other. */
const readlink = { x64: 89, arm64: 78 };

/** In the place of an init: ends with what says which signal it got. */
async function startInit(): Promise<ReturnType<Scratch['start']>> {
  const script = `trap 'exit 1' USR1; trap 'exit 2' TERM; echo ready; while :; do sleep 0.05; done`;
  const init = scratch.start('sh', '-c', script);
  expect(await printed(init)).toBe('ready\n');
  return init;
}

/** The exit code of a process that asks it, with words before its own. */
async function ask(pid: number, before: readonly string[]): Promise<number | null> {
  const pidfd = scratch.keep(native().openPidfd(pid));
  const words = [
    ...[
      ...before,
      join(packageRoot, 'build', 'Release', 'tslxc-monitor'),
      'ask',
      '--moments',
      '100',
    ],
    ...['--init', 'systemd', '', '37', '--init', 'dash', '', String(SIGUSR1)],
    ...['--init', '*', '', String(SIGTERM)],
  ];
  const [program = '', ...others] = words;
  const asker = spawn(program, others, { stdio: ['ignore', 'ignore', 'inherit', pidfd] });
  const [code] = (await once(asker, 'exit')) as [number | null];
  return code;
}

test('an init whose program can not be read gets no signal, which may mean something else to it', async () => {
  const init = await startInit();
  for (const errno of [constants.errno.EACCES, constants.errno.ENOMEM, constants.errno.ENFILE]) {
    expect(await ask(init.pid, refusing(readlink, errno))).toBe(1);
  }
  const end = once(init, 'exit');
  expect(await ask(init.pid, [])).toBe(0);
  // Of the signals before, the first would have been the end.
  expect(await end).toEqual([1, null]);
});
