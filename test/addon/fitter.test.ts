/** The process that changes the devices of a container, spoken to without one: what it does before it is told to go on. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Channel } from '../../lib/container/monitor/channel';
import { encodeFrame } from '../../lib/container/monitor/frames';
import { monitorExecutable } from '../../lib/host/executable';
import { native } from '../../lib/host/native';
import { encodeFittingPlan } from '../../lib/plan/encode';
import type { FittingPlan } from '../../lib/plan/plan';
import { hasEnded } from '../support/process/processes';
import { eventually } from '../support/time/eventually';
import { readyFitter } from './ready-fitter';

let folder: string;
let init: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-fitter-'));
  writeFileSync(join(folder, 'trace'), '');
  init = spawn('sleep', ['60'], { stdio: 'ignore' });
});

afterEach(() => {
  init.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const trace = (): string => readFileSync(join(folder, 'trace'), 'utf8');
const isLocked = (): boolean => native().isRecordLocked(join(folder, 'fitter.lock'), 0) === true;

/** What it does first leaves a trace in a file of the host. */
function plan(): FittingPlan {
  const failures = { failpoint: 0, failAction: 0, failCount: 0 };
  return {
    header: { runDirectory: folder, namespaces: 0, mapped: 0, deadline: 20_000, ...failures },
    outside: [
      { op: 'openFile', file: 'trace', path: join(folder, 'trace') },
      { op: 'writeFile', file: 'trace', text: 'done' },
    ],
    inside: [],
    attached: [],
  };
}

async function start(): Promise<Channel> {
  const pidfd = native().openPidfd(init.pid ?? 0);
  try {
    return Channel.fromDescriptor(
      await native().startMonitor({
        executable: monitorExecutable(),
        argv: ['tslxc-monitor', 'fit', '--name', 'none', '--descriptors', '1'],
        cgroups: [],
        leafCgroup: -1,
        plan: encodeFrame({ message: 'plan', bytes: encodeFittingPlan(plan()) }),
        descriptors: [pidfd],
      }),
    );
  } finally {
    native().closeDescriptor(pidfd);
  }
}

test('it does nothing before it holds its lock, has said so, and is told to go on', async () => {
  const channel = await start();
  await channel.held(async () => {
    await readyFitter(channel);
    expect([isLocked(), trace()]).toEqual([true, '']);
    channel.send({ message: 'continue' });
    await eventually(() => expect(trace()).toBe('done'));
  });
  channel.close();
  await eventually(() => expect(isLocked()).toBe(false));
});

test('it does nothing when its caller dies before that', async () => {
  const channel = await start();
  const pid = await channel.held(() => readyFitter(channel));
  channel.close();
  await eventually(() => expect([hasEnded(pid), isLocked()]).toEqual([true, false]));
  expect(trace()).toBe('');
});
