/**
 * The C++ programs of this folder, under AddressSanitizer and UndefinedBehaviorSanitizer: each asserts what
 * its first comment says. LeakSanitizer stays off: it needs ptrace(2), which not every sandbox allows.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filterConstants } from '../../../lib/plan/security/filter-program';
import { auditArchitectures } from '../../../lib/plan/security/seccomp';
import { deniedFamilies, terminalInjection } from '../../../lib/plan/security/seccomp-policy';
import { packageRoot } from '../../support/process/run-command';
import { removeTree } from '../../support/root/remove-tree';
import { repeats } from '../../support/time/repeats';
import type { CommandResult } from '../../support/process/run-command';
import { compileAll, isAsked, nativeFuzzers, runSanitized } from '../../native/compile';
import type { Program } from '../../native/compile';
import { writeFixtures } from '../../native/fixtures';

const compileTime = 600_000;
const fuzzedPlans = repeats(20_000);

const folder = mkdtempSync(join(tmpdir(), 'tslxc-native-'));
const fixtures = join(folder, 'fixtures');
let executables: ReadonlyMap<Program, string>;

beforeAll(async () => {
  writeFixtures(fixtures);
  executables = await compileAll();
}, compileTime);

afterAll(() => removeTree(folder));

function run(name: Program, ...words: readonly string[]): Promise<CommandResult> {
  return runSanitized([executables.get(name) ?? '', ...words], folder);
}

function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** A test that runs this program. */
function testOf(program: Program, title: string, body: () => Promise<void>): void {
  if (isAsked(program)) test(title, body);
}

const success = { code: 0, signal: null, stderr: '' };

for (const [mistake, words] of [
  ['heap', 'AddressSanitizer: heap-buffer-overflow'],
  ['signed', 'runtime error: signed integer overflow'],
] as const) {
  testOf('overflow', `the sanitizers end a program that makes a mistake: ${mistake}`, async () => {
    const { code, stderr } = await run('overflow', mistake);
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });
}

testOf('overflow', 'the sanitizers let a program without a mistake be', async () => {
  expect(await run('overflow', 'none')).toMatchObject(success);
});

testOf('decode', 'plans of TypeScript are decoded to what they say, and everything else is refused', async () => {
  expect(await run('decode', fixtures)).toMatchObject(success);
});

testOf('decode-fuzz', `${fuzzedPlans} broken plans are refused, or understood to the last byte`, async () => {
  const result = await run('decode-fuzz', fixtures, String(fuzzedPlans));
  expect(result).toMatchObject(success);
  const [refused = 0, understood = 0] = (result.stdout.match(/\d+/g) ?? []).map(Number);
  expect(refused + understood).toBe(fuzzedPlans);
});

testOf('messages', 'every message of TypeScript is read and written byte for byte', async () => {
  expect(await run('messages', fixtures)).toMatchObject(success);
});

testOf('frames', 'a stream is cut into frames wherever it is split', async () => {
  expect(await run('frames')).toMatchObject(success);
});

for (const name of nativeFuzzers) {
  testOf('fuzz-replay', `what the fuzzer ${name} has kept breaks nothing`, async () => {
    const corpora = join(packageRoot, 'test', 'fuzz', 'corpus');
    const { code, stdout, stderr } = await run('fuzz-replay', corpora, name);
    const last = code === 0 ? undefined : stdout.trim().split('\n').at(-1);
    expect({ code, stderr, last }).toEqual({ code: 0, stderr: '', last: undefined });
  });
}

testOf('ring', 'the ring keeps the last bytes by their position', async () => {
  expect(await run('ring')).toMatchObject(success);
});

testOf('control', 'what clients of the control socket cost the monitor is bounded', async () => {
  expect(await run('control', emptyFolder('control'))).toMatchObject(success);
});

testOf('line-times', 'the times of a log cover all of it in a bounded file, and nothing that is no file of theirs is written to', async () => {
  expect(await run('line-times', emptyFolder('line-times'))).toMatchObject(success);
});

testOf('utc-time', 'a time has the date of the calendar', async () => {
  expect(await run('utc-time')).toMatchObject(success);
});

testOf('restart-pause', 'a program that dies young waits longer each time', async () => {
  expect(await run('restart-pause')).toMatchObject(success);
});

testOf('path', 'no path leads out of a root, nor is anything made outside', async () => {
  expect(await run('path', emptyFolder('path'))).toMatchObject(success);
});

testOf('tree-copy', 'a deep tree is copied whole, unless another program writes to it, and removed without what its links lead to; a failure names its path', async () => {
  expect(await run('tree-copy', emptyFolder('tree-copy'))).toMatchObject(success);
});

testOf('tree-walk', 'a walk through a deep tree visits each inode, names the path of a failure, and visits nothing elsewhere when a directory is moved away', async () => {
  expect(await run('tree-walk', emptyFolder('tree-walk'))).toMatchObject(success);
});

testOf('exec-failure', 'every failure of execve is explained', async () => {
  expect(await run('exec-failure', emptyFolder('exec-failure'))).toMatchObject(success);
});

testOf('unknown', 'what can not be looked at is an error or unknown, and not gone, dead or empty', async () => {
  expect(await run('unknown', emptyFolder('unknown'))).toMatchObject(success);
});

testOf('credentials', 'a process in the midst of execve is waited for until it has its credentials; control: else it has not', async () => {
  const result = await run('credentials');
  expect(result).toMatchObject(success);
  const [early = 0, tries = 0] = (result.stdout.match(/\d+/g) ?? []).map(Number);
  expect(early).toBeGreaterThan(0);
  expect(tries).toBeGreaterThanOrEqual(early);
});

testOf('seccomp', 'what a seccomp filter is made of is what the kernel’s headers say', async () => {
  const { stdout } = await run('seccomp', 'constants');
  const constants = stdout.match(/\S+ \d+/g)?.map((line) => line.split(' '));
  expect(Object.fromEntries(constants ?? [])).toEqual(
    Object.fromEntries(
      Object.entries({
        ...filterConstants,
        ...auditArchitectures,
        ...terminalInjection,
        ...deniedFamilies,
      }).map(([name, value]) => [name, String(value)]),
    ),
  );
});
