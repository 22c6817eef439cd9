/** Programs of the host: their output, their errors, and how long they may take. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../lib/host/program';
import { hasEnded } from '../../support/process/processes';
import { eventually } from '../../support/time/eventually';

const sh = (script: string, limit?: number): Promise<string> =>
  runProgram({
    program: 'sh',
    package: 'dash',
    args: ['-c', script],
    step: 'try it',
    ...(limit === undefined ? {} : { limit }),
  });

test('a program that does not exit in time is killed, and what holds its output open is not waited for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
  const file = join(folder, 'pids');
  try {
    const limited = sh(`sleep 1000 & echo $$ $! >${file}; wait`, 500);
    await expect(limited).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      step: 'try it',
      message: expect.stringMatching(/sh has not exited within 0.5 s, and is killed/) as string,
    });
    await eventually(() => expect(existsSync(file)).toBe(true));
    const [program = 0, holder = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
    await eventually(() => expect(hasEnded(program)).toBe(true));
    expect(hasEnded(holder)).toBe(false);
    process.kill(holder, 'SIGKILL');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('one that exits in time has its output, and no timer is left of it', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    expect(await sh('echo said', 1000)).toBe('said\n');
    await expect(sh('echo wrong >&2; exit 3', 1000)).rejects.toThrow('sh: wrong (try it)');
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('a program with a patience works as long as it likes, and is killed once it neither reads nor writes', async () => {
  const call = { program: 'sh', package: 'dash', step: 'try it', patience: 400 } as const;
  const script = `exec node -e '
    const { readFileSync } = require("node:fs");
    const timer = setInterval(() => readFileSync("/proc/self/maps"), 20);
    setTimeout(() => { clearInterval(timer); console.log("done"); }, 1200);'`;
  expect(await runProgram({ ...call, args: ['-c', script] })).toBe('done\n');
  await expect(runProgram({ ...call, args: ['-c', 'exec sleep 1000'] })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringMatching(
      /sh has neither read nor written anything for 0.4 s, and is killed/,
    ) as string,
  });
});
