/** The end of a command before its time: all that it has started ends with it, and nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mostResting, runnableShare } from '../support/process/runnable-share';
import { eventually } from '../support/time/eventually';
import { helpers, pidOf, pidsOf, runIn } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { hasEnded, readProcess } from '../support/process/processes';
import { commandEnvironment, packageRoot } from '../support/process/run-command';
import { StuckFolder } from '../support/fake/stuck-folder';
import { TestDomain } from '../support/domain/test-domain';

const test_ = containerTest(
  async (keep) => {
    const test_ = keep(
      await TestDomain.make({
        name: 'exec-end',
        // The bomb is to be ended by us, and not for want of memory.
        memory: 1024 * 1024,
        init: '/bin/sh',
        initArguments: ['-c', 'sleep 5001 & while :; do sleep 5002; done'],
      }),
    );
    await test_.start();
    return test_;
  },
  { per: 'file' },
);

/** Forks twice, starts sessions of its own, and ignores what it can. */
const tree = `trap '' HUP TERM INT
setsid sh -c "trap '' HUP TERM; (setsid sleep 5011 &) & sleep 5012" &
(sleep 5013 &) &
sleep 5014 &
sleep 5015`;
const treeWords = [5011, 5012, 5013, 5014, 5015].map((number) => ['sleep', `${number}`] as const);
const strangers = [5001, 5002].map((number) => ['sleep', `${number}`] as const);

async function startTree(): Promise<void> {
  for (const words of [...treeWords, ...strangers]) await pidOf(...words);
}

async function expectTreeEnded(): Promise<void> {
  for (const words of treeWords) await eventually(() => expect(pidsOf(...words)).toEqual([]));
  for (const words of strangers) expect(pidsOf(...words)).toHaveLength(1);
  await eventually(() => expect(helpers()).toEqual([]));
}

test('an abort ends a tree that has forked twice and has sessions of its own, and nothing else', async () => {
  const other = await test_.domain.exec(['sleep', '5020']).started;
  const abort = new AbortController();
  const process = await test_.domain.exec(['sh', '-c', tree], { signal: abort.signal }).started;
  await startTree();
  abort.abort(new Error('enough'));
  await expect(process.result).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  // It is over when it says so.
  for (const words of treeWords) expect(pidsOf(...words)).toEqual([]);
  expect(pidsOf('sleep', '5020')).toHaveLength(1);
  other.destroy();
  expect(await other.result).toEqual({ code: 137, signal: 'SIGKILL' });
  await expectTreeEnded();
});

test('so does a timeout', async () => {
  const process = await test_.domain.exec(['sh', '-c', tree], { timeout: 700 }).started;
  await expect(process.result).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  await expectTreeEnded();
});

test('a fork bomb is ended as well', async () => {
  // The command itself goes on when a shell of the bomb ends for want of a process.
  const bomb = 'f() { sleep 5031 & f & f & wait; }; f & exec sleep 5032';
  const script = `ulimit -p 80; ${bomb}`;
  const process = await test_.domain.exec(['sh', '-c', script], { user: '61234' }).started;
  await eventually(() => expect(pidsOf('sleep', '5031').length).toBeGreaterThan(20));
  process.destroy();
  await process.result;
  expect(pidsOf('sleep', '5031')).toEqual([]);
  await expectNothingOf(61234);
});

async function expectNothingOf(user: number): Promise<void> {
  await eventually(async () => {
    const { stdout } = await runIn(test_.domain, ['sh', '-c', `pgrep -c -u ${user}; true`]);
    expect(stdout).toBe('0\n');
  });
}

test('a signal reaches the command alone', async () => {
  const process = await test_.domain.exec(['sh', '-c', 'sleep 5041 & exec sleep 5042']).started;
  await pidOf('sleep', '5041');
  await pidOf('sleep', '5042');
  process.kill('SIGUSR1');
  expect(await process.result).toEqual({ code: 138, signal: 'SIGUSR1' });
  expect(pidsOf('sleep', '5041')).toHaveLength(1);
  globalThis.process.kill(await pidOf('sleep', '5041'));
  expect(() => process.kill(65)).toThrow(/out of range/);
  await eventually(() => expect(helpers()).toEqual([]));
});

test('a signal for a command that has just ended costs no caller its result, and keeps nothing waiting', async () => {
  const words = ['sh', '-c', 'sleep 5043; exit 7'];
  const command = await test_.domain.exec(words).started;
  process.kill(await pidOf('sleep', '5043'));
  // Busy with something else from then on, as a caller may be: the end is told, and not yet read.
  const busy = new Int32Array(new SharedArrayBuffer(4));
  while (pidsOf(...words).length > 0) Atomics.wait(busy, 0, 0, 10);
  Atomics.wait(busy, 0, 0, 500);
  // What the caller says to the one that is left, which waits for its word, arrives all at once.
  const [attendant] = helpers();
  if (attendant === undefined) throw new Error('nothing waits for the word of the caller');
  process.kill(attendant, 'SIGSTOP');
  let isStopped = true;
  const goOn = (): void => {
    if (isStopped) process.kill(attendant, 'SIGCONT');
    isStopped = false;
  };
  // If it has not told of the end yet.
  const late = setTimeout(goOn, 1000);
  command.kill('SIGUSR1');
  command.destroy();
  expect(await command.result).toEqual({ code: 7 });
  clearTimeout(late);
  goOn();
  await eventually(() => expect(helpers()).toEqual([]), 2000);
});

test('an abort before the command is executed leaves nothing', async () => {
  const abort = new AbortController();
  abort.abort();
  const aborted = test_.domain.exec(['sleep', '5051'], { signal: abort.signal });
  await expect(aborted).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  const late = new AbortController();
  const starting = test_.domain.exec(['sleep', '5051'], { signal: late.signal });
  setImmediate(() => late.abort());
  await expect(starting.started.then(({ result }) => result)).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
  expect(pidsOf('sleep', '5051')).toEqual([]);
});

test('an abort is not kept waiting by a start that waits in the kernel', async () => {
  await using stuck = await StuckFolder.mount();
  await using other = await TestDomain.make({
    name: 'exec-stuck',
    filesystems: [{ source: stuck.path, target: '/var/tmp/stuck' }],
  });
  await other.start();
  const abort = new AbortController();
  const starting = other.domain.exec(['true'], {
    cwd: '/var/tmp/stuck/folder',
    signal: abort.signal,
  });
  const refusal = expect(starting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await stuck.untilAsked();
  const began = performance.now();
  abort.abort();
  await refusal;
  expect(performance.now() - began).toBeLessThan(5000);
  await stuck.release();
  await eventually(() => expect(helpers()).toEqual([]));
});

test('when the caller is killed, all that the command has started ends', async () => {
  const code = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist/index.js'))});
    (async () => {
      const connection = await connect();
      const domain = await connection.lookupDomainByName('exec-end');
      await domain.exec(['sh', '-c', ${JSON.stringify(tree)}]).started;
      console.log('ready');
    })();`;
  const caller = spawn(process.execPath, ['-e', code], {
    env: commandEnvironment(test_.root),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(caller.stdout, 'data');
  await startTree();
  caller.kill('SIGKILL');
  await expectTreeEnded();
});

test('when root inside kills what looks after a command, the caller hears of it', async () => {
  const process = await test_.domain.exec(['sleep', '5061']).started;
  await pidOf('sleep', '5061');
  await runIn(test_.domain, ['pkill', '-KILL', 'tslxc-exec', '--oldest']);
  await expect(process.result).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  await eventually(() => expect(pidsOf('sleep', '5061')).toEqual([]));
  await eventually(() => expect(helpers()).toEqual([]));
});

describe('when the process of the host that looks after a command is killed', () => {
  /** With ids changed by itself: that costs a process its parent death signal (prctl(2)). */
  const changed = ['setpriv', '--reuid=61234', '--clear-groups', 'sleep', '5062'];

  test.each([
    ['one that has changed its ids', 'runs', changed],
    ['one whose guardian was stopped inside', 'is stopped', ['sleep', '5062']],
  ])('its command ends: %s', async (_, guardianState, words) => {
    const command = await test_.domain.exec(words, { stdin: 'ignore' }).started;
    const guardian = readProcess(await pidOf('sleep', '5062')).parent;
    if (guardianState === 'is stopped') process.kill(guardian, 'SIGSTOP');
    process.kill(readProcess(guardian).parent, 'SIGKILL');
    await expect(command.result).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
    try {
      await eventually(() => expect(pidsOf('sleep', '5062')).toEqual([]), 1000);
      await eventually(() => expect(helpers()).toEqual([]), 1000);
    } finally {
      // The end of one may be that of the next.
      for (const left of [...pidsOf('sleep', '5062'), ...helpers()]) {
        if (!hasEnded(left)) process.kill(left, 'SIGKILL');
      }
    }
  });
});

test('an abort in a paused container does not wait for its end, which comes without burning a core', async () => {
  const abort = new AbortController();
  const process = await test_.domain.exec(['sleep', '5066'], { signal: abort.signal }).started;
  await pidOf('sleep', '5066');
  const [attendant = -1] = helpers();
  await test_.domain.suspend();
  try {
    abort.abort();
    await expect(process.result).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    // On v1, nothing dies while it is frozen.
    if (pidsOf('sleep', '5066').length > 0) {
      expect(await runnableShare(attendant, 500)).toBeLessThan(mostResting);
    }
  } finally {
    await test_.domain.resume();
  }
  await eventually(() => expect(pidsOf('sleep', '5066')).toEqual([]));
  await eventually(() => expect(helpers()).toEqual([]));
});

test('the end of the container is the end of its commands', async () => {
  await using other = await TestDomain.make({ name: 'exec-gone' });
  await other.start();
  const process = await other.domain.exec(['sleep', '5071']).started;
  const outcome = process.result.then(
    // What looks after it may die later than the command itself.
    ({ signal }) => String(signal),
    (error: unknown) => String(error),
  );
  await other.domain.destroy();
  expect(await outcome).toMatch(/SIGKILL|was ended with its container, which was destroyed/);
  expect(pidsOf('sleep', '5071')).toEqual([]);
  await eventually(() => expect(helpers()).toEqual([]));
});

test('a command that is left alone outlives its caller, and ends with the container', async () => {
  const code = `
    const { connect } = require(${JSON.stringify(join(packageRoot, 'dist/index.js'))});
    (async () => {
      const connection = await connect();
      const domain = await connection.lookupDomainByName('exec-end');
      await domain.execDetached(['sh', '-c', 'sleep 5081 & echo lost; echo lost >&2; cat; exec sleep 5082']);
      process.kill(process.pid, 'SIGKILL');
    })();`;
  const caller = spawn(process.execPath, ['-e', code], {
    env: commandEnvironment(test_.root),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  expect(await once(caller, 'exit')).toEqual([null, 'SIGKILL']);
  const pid = await pidOf('sleep', '5082');
  const left = await pidOf('sleep', '5081');
  expect(helpers()).not.toEqual([]);
  const streams = [0, 1, 2].map((fd) => statSync(`/proc/${pid}/fd/${fd}`));
  // A null device of its own, whose mode and owner are not those of the host's.
  expect(streams.map(({ rdev }) => rdev)).toEqual(Array(3).fill(statSync('/dev/null').rdev));
  expect(streams.map(({ dev }) => dev)).not.toContain(statSync('/dev/null').dev);
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(helpers()).toEqual([]));
  expect(pidsOf('sleep', '5081')).toEqual([left]);
  process.kill(left, 'SIGKILL');
  await eventually(() => expect(pidsOf('sleep', '5081')).toEqual([]));
});

test('a command that is left alone ends with its container, and one that can not be started says why', async () => {
  await using other = await TestDomain.make({ name: 'exec-alone' });
  await other.start();
  await expect(other.domain.execDetached(['/nowhere'])).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    step: 'execute the command',
  });
  await other.domain.execDetached(['sleep', '5083'], { env: { A: 'b' }, cwd: '/tmp' });
  const pid = await pidOf('sleep', '5083');
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('A=b');
  await other.domain.destroy();
  expect(pidsOf('sleep', '5083')).toEqual([]);
  await eventually(() => expect(helpers()).toEqual([]));
  await expect(other.domain.execDetached(['true'])).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
  });
});
