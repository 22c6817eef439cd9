/**
 * SIGINT and SIGTERM to `tslxc start` at any moment of the start: it goes through, or the host is as it was and the domain is
 * off. The moments tried are printed: a fifth, and all of them in `npm run test:long`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { failpoints } from '../../lib/container/monitor/failpoints';
import type { Failpoint } from '../../lib/container/monitor/failpoints';
import { domainXml } from '../support/domain/domain-xml';
import { readProcess } from '../support/process/processes';
import { commandEnvironment, commandLine, runCommand } from '../support/process/run-command';
import { goOn, untilAtFailpoint } from '../support/process/send-signal';
import { eventually } from '../support/time/eventually';
import { someOf } from '../support/time/repeats';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { expectGone, initOf, monitorsOf, tracesOf } from '../support/world/container-traces';

const name = 'start-signals';

/** The signals of a terminal and of a supervisor, and what the command ends with. */
const signals = ['SIGINT', 'SIGTERM'] as const;

/** Those of a start that works. */
const points = failpoints.filter(
  (point) =>
    !/restart|^plug:|^fitter:/.test(point) &&
    !['controller:after-undo', 'monitor:after-mapped'].includes(point),
);

/** Where the start may go through: the monitor goes on beside a caller that is stopped, and has told it of the container. */
const mayRun: readonly Failpoint[] = [
  ...points.slice(points.indexOf('controller:after-spawn'), points.indexOf('monitor:after-plan')),
  ...points.slice(points.indexOf('monitor:after-running'), points.indexOf('init:before-proceed')),
  'init:after-executing',
];

const world = containerTest(rootAndConnection);

let domain: Domain;
/** Missing on the host, and so is what is in it: the mount target. */
let missing: string;

beforeEach(async () => {
  const source = join(world.root.path, 'source');
  mkdirSync(source);
  missing = join(world.root.path, 'missing');
  const filesystems = [{ source, target: join(missing, 'target') }];
  domain = await world.connection.defineDomain(domainXml({ name, filesystems }));
});

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Starts the domain, and sends the signal when the start has come to this point. */
async function startAndSend(
  point: Failpoint,
  signal: NodeJS.Signals,
  command: readonly string[] = ['start', name],
): Promise<End> {
  // Init can't stop itself: where it is to kill its caller, it waits for that.
  const action = point.startsWith('init:') ? 'killController' : 'stopSelf';
  const [program = '', ...words] = commandLine(...command);
  const env = { ...commandEnvironment(world.root.path), TSLXC_FAILPOINT: `${point}=${action}` };
  const caller = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const { pid = 0 } = caller;
  let stderr = '';
  caller.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const end = new Promise<End>((resolve) => {
    caller.on('close', (code, by) => resolve({ code, signal: by, stderr }));
  });
  const init = point.startsWith('init:') ? await initOf(name) : undefined;
  if (init !== undefined) await untilAtFailpoint(init);
  else if (point.startsWith('monitor:'))
    await eventually(() => expect(stoppedMonitor()).toBeGreaterThan(0));
  else await eventually(() => expect(readProcess(pid).state).toBe('T'));
  caller.kill(signal);
  caller.kill('SIGCONT');
  // Elsewhere no process waits for it any more.
  if (init !== undefined && mayRun.includes(point)) goOn(init);
  return await end;
}

function stoppedMonitor(): number {
  return monitorsOf(name).find((pid) => readProcess(pid).state === 'T') ?? 0;
}

async function reason(): Promise<string> {
  const { stdout } = await runCommand(['domstate', name, '--reason'], { root: world.root.path });
  return stdout.trim();
}

/** It is off, nothing is left of it, and the exit status is that of a command that the signal has ended. */
async function expectAbandoned(end: End, signal: keyof typeof constants.signals): Promise<void> {
  expect(end).toMatchObject({ code: 128 + constants.signals[signal], signal: null });
  expect(end.stderr).toContain(`error: Failed to start domain '${name}'\n`);
  // At once, and not by the next call that looks.
  expect(tracesOf(name)).toEqual([]);
  expect(existsSync(missing)).toBe(false);
  expect(await reason()).toBe('shut off (failed)');
}

test.each(
  someOf(points, 0, 5).map((point, index) => [point, signals[index % 2] ?? 'SIGINT'] as const),
)('at %s: %s', async (point, signal) => {
  const end = await startAndSend(point, signal);
  process.stdout.write(`${point}: ${signal}, exit status ${end.code ?? end.signal}\n`);
  // The signal may also end the command when all is done, and there is nothing to give up any more.
  if (end.code === 0 || end.signal === signal) {
    expect(mayRun).toContain(point);
    const stopped = stoppedMonitor();
    if (stopped > 0) process.kill(stopped, 'SIGCONT');
    expect(await reason()).toBe('running (booted)');
    await domain.destroy();
  } else {
    await expectAbandoned(end, signal);
  }
  await domain.start();
  await domain.destroy();
  await expectGone(name);
});

test('create is abandoned as well, and its domain never was', async () => {
  await domain.undefine();
  const xml = join(world.root.path, 'domain.xml');
  writeFileSync(xml, domainXml({ name }));
  const end = await startAndSend('controller:after-targets', 'SIGINT', ['create', xml]);
  expect(end).toMatchObject({ code: 130, signal: null });
  expect(tracesOf(name)).toEqual([]);
  expect(await world.connection.listDomains()).toEqual([]);
});

test('a caller that is killed in the middle leaves a start that has failed, and no crash', async () => {
  expect(await startAndSend('controller:after-targets', 'SIGKILL')).toMatchObject({
    signal: 'SIGKILL',
  });
  expect(await reason()).toBe('shut off (failed)');
  await expectGone(name);
});
