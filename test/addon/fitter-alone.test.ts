/**
 * Whom the process that changes the devices of a container takes for init, when the pid has become another's: before it is opened, and
 * between its opening and that of its namespaces; and that it is the only one of its container.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { fit } from '../../lib/container/devices/fitter';
import type { FitTarget } from '../../lib/container/devices/fitter';
import { Channel } from '../../lib/container/monitor/channel';
import { encodeFrame } from '../../lib/container/monitor/frames';
import type { Message } from '../../lib/container/monitor/messages';
import { monitorExecutable } from '../../lib/host/executable';
import { native } from '../../lib/host/native';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { namespaceFlags } from '../../lib/plan/constants';
import { encodeFittingPlan } from '../../lib/plan/encode';
import type { FittingPlan } from '../../lib/plan/plan';
import { hasEnded } from '../support/process/processes';
import { eventually } from '../support/time/eventually';
import { readyFitter } from './ready-fitter';
import { ended, Scratch } from './scratch';

const name = 'fitted';

let scratch: Scratch;
let init: ChildProcess & { readonly pid: number };

beforeEach(() => {
  scratch = new Scratch();
  mkdirSync(runFolder(), { recursive: true });
  writeFileSync(scratch.at('trace'), '');
  init = scratch.start('sleep', '60');
});

afterEach(() => scratch.dispose());

const paths = (): FitTarget['paths'] => statePaths(scratch.path);
const runFolder = (): string => runPaths(paths(), name).directory;
const trace = (): string => readFileSync(scratch.at('trace'), 'utf8');

/** What it does first leaves a trace in a file of the host. */
function plan(): FittingPlan {
  const failures = { failpoint: 0, failAction: 0, failCount: 0 };
  const namespaces = namespaceFlags.net;
  return {
    header: { runDirectory: runFolder(), namespaces, mapped: 0, deadline: 20_000, ...failures },
    outside: [
      { op: 'openFile', file: 'trace', path: scratch.at('trace') },
      { op: 'writeFile', file: 'trace', text: 'done' },
    ],
    inside: [],
    attached: [],
  };
}

/** The container whose init is that process, whose parent is the monitor. */
function target(monitor: number): FitTarget {
  const running = { id: monitor, init: init.pid, consoles: [] };
  const layout = { hierarchies: [], weightFiles: [] };
  return { paths: paths(), name, running, layout };
}

const request = () => ({ plan: plan(), places: new Map() });

test('a pid that is not init’s any more gets no device', async () => {
  // Init is a child of its monitor; what has its pid now is a child of this process.
  await expect(fit(target(process.ppid), request())).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
  });
  expect(trace()).toBe('');
});

test('control: one that still is does', async () => {
  await fit(target(process.pid), request());
  expect(trace()).toBe('done');
});

/** Starts one that nobody tells to go on, up to the message by which it says that it holds its lock. */
async function startReady(): Promise<{ readonly channel: Channel; readonly pid: number }> {
  const pidfd = native().openPidfd(init.pid);
  try {
    const channel = Channel.fromDescriptor(
      await native().startMonitor({
        executable: monitorExecutable(),
        argv: ['tslxc-monitor', 'fit', '--name', name, '--descriptors', '1'],
        cgroups: [],
        leafCgroup: -1,
        plan: encodeFrame({ message: 'plan', bytes: encodeFittingPlan(plan()) }),
        descriptors: [pidfd],
      }),
    );
    return { channel, pid: await readyFitter(channel) };
  } finally {
    native().closeDescriptor(pidfd);
  }
}

/** The calls of that process from now on, with what strace does to some of them; resolves once it is attached. */
async function straced(pid: number, ...options: readonly string[]): Promise<ChildProcess> {
  const words = ['-f', '-o', scratch.at('calls'), ...options, '-p', String(pid)];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('attached')) resolve();
    });
    strace.on('close', (code, signal) => reject(new Error(`strace: ${code ?? signal}: ${said}`)));
  });
  return strace;
}

/** How it goes on when the kernel says this of init, once init has been opened. */
async function continued(...injection: readonly string[]): Promise<Message | undefined> {
  const { channel, pid } = await startReady();
  const strace = await straced(pid, '-e', 'trace=openat,pidfd_send_signal', ...injection);
  try {
    return await channel.held(async () => {
      channel.send({ message: 'continue' });
      return channel.receive();
    });
  } finally {
    channel.close();
    await ended(strace);
  }
}

test('a pid that has become another’s when its namespaces have been opened gets no device', async () => {
  const message = await continued('-e', 'inject=pidfd_send_signal:error=ESRCH');
  expect(message).toMatchObject({ message: 'failed', error: system.errno.ESRCH });
  expect(trace()).toBe('');
  // Asked before, the question would say nothing of what was opened.
  const calls = readFileSync(scratch.at('calls'), 'utf8');
  const opened = calls.indexOf(`/proc/${init.pid}/ns/net`);
  expect(opened).toBeGreaterThan(-1);
  expect(calls.indexOf('pidfd_send_signal')).toBeGreaterThan(opened);
});

test('control: one that is still init’s then does', async () => {
  expect(await continued()).toMatchObject({ message: 'prepared' });
  expect(trace()).toBe('done');
});

test('an earlier one that does not end by itself is ended before the next one begins', async () => {
  const { channel, pid } = await startReady();
  await fit(target(process.pid), request());
  expect(trace()).toBe('done');
  await eventually(() => expect(hasEnded(pid)).toBe(true));
  channel.close();
});
