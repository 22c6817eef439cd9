/**
 * Monitor or init stops answering at a failpoint, as by SIGSTOP. The start then ends by its deadline, with
 * an error that says where, and leaves nothing behind.
 */
import { failpoints } from '../../../lib/container/monitor/failpoints';
import type { Failpoint } from '../../../lib/container/monitor/failpoints';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { existsSync } from 'node:fs';
import { expectShell } from '../../support/console/console-answer';
import { expectGone } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { containerTest, nothing } from '../../support/world/container-test';
import { libraryWords } from '../../support/process/library-child';
import { runProgram, runSuccessfully, spawnCommand } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';
import { makeTestRoot } from '../../support/root/test-root';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

containerTest(nothing);

const startTimeout = 1500;
/** The caller gives its monitor 2 s more than the monitor gives itself. */
const longest = startTimeout + 2000;
/** A process that is ended by force, on a busy machine. */
const slack = 4000;

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly step: string;
  readonly milliseconds: number;
}

/** Where the start waits while its monitor or its init stands at a point. */
const waits = {
  spawned: /^wait for 'running' from the monitor$/,
  ready: /^waiting for init to run its part of the plan$/,
  executing: /^waiting for init to execute its program$/,
  execve: /^waiting for execve to finish$/,
} as const;

/** Those that lie behind the start, and one for interfaces: they can't make it fail. */
const others = /^monitor:(after-running|after-mapped|(before|after)-restart.*)$/;
const monitorPoints = failpoints.filter(
  (point) => point.startsWith('monitor:') && !others.test(point),
);

const initPoints: readonly (readonly [Failpoint, keyof typeof waits])[] = [
  ['init:before-proceed', 'ready'],
  ['init:after-proceed', 'ready'],
  ['init:before-ready', 'ready'],
  ['init:after-ready', 'executing'],
  ['init:after-exec', 'executing'],
  ['init:after-executing', 'execve'],
];

/** Starts in a Node of its own, since failpoints are the environment's; the answer is the error as data. */
async function startStopped(point: Failpoint): Promise<Failure> {
  const name = `deadline-${point.replace(':', '-')}`;
  await using root = await makeTestRoot();
  const code = `
    const connection = await connect(undefined, { startTimeout: ${startTimeout} });
    const domain = await connection.defineDomain(${JSON.stringify(domainXml({ name }))});
    const begin = Date.now();
    const error = await domain.start().then(() => ({ code: 'STARTED' }), (cause) => cause);
    const { code, message, step } = error;
    console.log(JSON.stringify({ code, message, step, milliseconds: Date.now() - begin }));
    await connection.close();`;
  const env = { TSLXC_FAILPOINT: `${point}=stopSelf` };
  const { stdout, stderr } = await runProgram(libraryWords(code), { root: root.path, env });
  expect(stderr).toBe('');
  await expectGone(name);
  expect(existsSync(runPaths(statePaths(root.path), name).start)).toBe(false);
  return JSON.parse(stdout) as Failure;
}

test('a monitor stopped at any point of a start is ended by the caller’s deadline', async () => {
  // Twelve at once on two processors would not come to their points in time.
  const failures = [
    ...(await Promise.all(monitorPoints.slice(0, 6).map(startStopped))),
    ...(await Promise.all(monitorPoints.slice(6).map(startStopped))),
  ];
  expect(failures).toHaveLength(12);
  for (const failure of failures) {
    expect(failure.code).toBe('OPERATION_TIMEOUT');
    expect(failure.step).toMatch(waits.spawned);
    expect(failure.milliseconds).toBeGreaterThanOrEqual(longest - 1);
    expect(failure.milliseconds).toBeLessThan(longest + slack);
  }
});

test('an init stopped at any point is ended by the monitor’s deadline, which says where', async () => {
  const failures = await Promise.all(initPoints.map(([point]) => startStopped(point)));
  expect(initPoints.map(([point]) => point)).toEqual(
    failpoints.filter((point) => point.startsWith('init:')),
  );
  for (const [index, failure] of failures.entries()) {
    expect(failure.code).toBe('OPERATION_TIMEOUT');
    expect(failure.step).toMatch(waits[initPoints[index]?.[1] ?? 'spawned']);
    expect(failure.message).toContain(failure.step);
    expect(failure.milliseconds).toBeGreaterThanOrEqual(startTimeout - 1);
    expect(failure.milliseconds).toBeLessThan(startTimeout + slack);
  }
});

test('a monitor that stops once the container runs does not keep it from being destroyed', async () => {
  const name = 'deadline-running';
  await using root = await makeTestRoot();
  const file = join(root.path, 'domain.xml');
  await writeFile(file, domainXml({ name }));
  await runSuccessfully(['define', file], { root: root.path });
  const env = { TSLXC_FAILPOINT: 'monitor:after-running=stopSelf' };
  const started = await spawnCommand(['start', name], { root: root.path, env });
  expect(started).toMatchObject({ code: 0, stderr: '' });
  await runSuccessfully(['destroy', name], { root: root.path });
  await expectGone(name);
});

test('a monitor that is stopped is named within seconds by who asks it for something, and others go on', async () => {
  await using stopped = await TestDomain.make({ name: 'deadline-silent' });
  await using other = await TestDomain.make({ name: 'deadline-other' });
  await stopped.start();
  await other.start();
  const pid = stopped.domain.id ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    const began = performance.now();
    const silent = {
      code: 'OPERATION_TIMEOUT',
      domain: stopped.name,
      message: expect.stringContaining(`'deadline-silent' (pid ${pid})`) as string,
    };
    await Promise.all([
      expect(stopped.domain.openConsole()).rejects.toMatchObject(silent),
      expect(stopped.domain.sendSignal(15)).rejects.toMatchObject(silent),
    ]);
    expect(performance.now() - began).toBeLessThan(5000);
    // What asks nothing of it has its answer.
    expect(await stopped.reason()).toBe('running (booted, unresponsive)');
    await expectShell(other.domain);
    await expect(stopped.domain.wait({ signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      code: 'OPERATION_ABORTED',
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expectShell(stopped.domain);
});
