/**
 * A process is killed at each failpoint of a reboot in turn. Whatever the moment, the container afterwards runs fully or is
 * gone fully, and its name starts again. The points tried are printed.
 */
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { failpoints } from '../../lib/container/monitor/failpoints';
import type { FailAction, Failpoint } from '../../lib/container/monitor/failpoints';
import { statePaths } from '../../lib/host/state/state-paths';
import { readRunState } from '../../lib/container/record/run-state';
import { expectGone, initsOf, monitorsOf, tracesOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, nothing } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { untilAtFailpoint } from '../support/process/send-signal';
import { commandEnvironment, commandLine, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const name = 'restart-failpoint';
/** Milliseconds in which what was begun has to come to its end, without the help of another process. */
const patience = 10_000;

const points = failpoints.filter((point) => /restart/.test(point));
const monitorPoints = points.filter((point) => point.startsWith('monitor:'));

let root: TestRoot;
let connection: Connection;
let domain: Domain;

// The root is that of the file: after each test the host is compared before anything below it is cleaned up.
containerTest(nothing);

beforeAll(async () => {
  root = await makeTestRoot();
  connection = await connect(undefined, { root: root.path });
  // A shell that reboots when it is asked, and answers meanwhile.
  const script =
    '[ $$ = 1 ] || exit; trap \'exec busybox reboot -f\' TERM; while read line; do eval "$line"; done';
  domain = await connection.defineDomain(domainXml({ name, initArguments: ['-c', script] }));
});

afterAll(async () => {
  await connection.close();
  await root.remove();
});

async function startArmed(point: Failpoint, action: FailAction): Promise<void> {
  const env = { ...commandEnvironment(root.path), TSLXC_FAILPOINT: `${point}=${action}` };
  const { code, stderr } = await runProgram(commandLine('start', name), { env });
  if (code !== 0) throw new Error(stderr);
}

/** Init can't signal out of its namespace: at its points it waits, and the kill comes from here. */
async function killMonitorOf(before: number | undefined): Promise<void> {
  const init = await eventually(() => {
    const found = initsOf(name).find((pid) => pid !== before);
    if (found === undefined) throw new Error('init is not there');
    return found;
  }, patience);
  await untilAtFailpoint(init);
  for (const monitor of monitorsOf(name)) process.kill(monitor, 'SIGKILL');
}

/** Not by what the console replays of the life before. */
async function expectShell(): Promise<void> {
  expect(await inside(domain, 'echo alive')).toContain('alive');
}

/** The monitor is another, or init has been started again, or nothing runs. */
async function untilDecided(id: number | undefined): Promise<void> {
  await eventually(() => {
    const state = readRunState(statePaths(root.path), name);
    if (state.phase !== 'running' || state.running.id !== id) return;
    if ((state.running.boots ?? 0) === 0) throw new Error('the reboot is not over');
  }, patience);
}

async function outcome(): Promise<'running' | 'gone'> {
  return await eventually(async () => {
    const { state } = await domain.state();
    if (state === 'running') {
      await expectShell();
      expect(monitorsOf(name)).toEqual([domain.id]);
      return 'running';
    }
    expect(tracesOf(name)).toEqual([]);
    return 'gone';
  }, patience);
}

async function tryOne(point: Failpoint, action: 'killSelf' | 'killMonitor'): Promise<string> {
  await startArmed(point, action);
  await expectShell();
  const [init] = initsOf(name);
  const { id } = domain;
  await domain.reboot();
  if (point.startsWith('restarted-init:') && action === 'killMonitor') await killMonitorOf(init);
  // What was killed was in the middle of it: the first life is over.
  await eventually(() => expect(initsOf(name)).not.toContain(init), patience);
  await untilDecided(id);
  const result = await outcome();
  const same = result === 'running' && domain.id === id ? ', by the same monitor' : '';
  if (result === 'running') await domain.destroy();
  await expectGone(name);
  await domain.start({ ownership: 'leave' });
  await expectShell();
  await domain.destroy();
  await expectGone(name);
  const line = `${point}: ${action}, container ${result}${same}`;
  process.stdout.write(`${line}\n`);
  return line;
}

test('the monitor killed at any point of a reboot takes the container with it, and the name starts again', async () => {
  const lines: string[] = [];
  for (const point of points) lines.push(await tryOne(point, 'killMonitor'));
  expect(lines.filter((line) => !line.endsWith('gone'))).toEqual([]);
  process.stdout.write(`${lines.length} points\n`);
}, 300_000);

test('the process that starts init again killed at any point leaves a container that runs, or none', async () => {
  const others = points.filter((point) => !monitorPoints.includes(point));
  for (const point of others) await tryOne(point, 'killSelf');
  process.stdout.write(`${others.length} points\n`);
}, 300_000);
