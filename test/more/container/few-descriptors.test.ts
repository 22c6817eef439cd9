/** A caller that may open few files: what it asks for works as long as it can; after that the limit is named, and nothing stays. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainXml } from '../../support/domain/domain-xml';
import { commandLine, runProgram, runSuccessfully } from '../../support/process/run-command';
import type { CommandResult } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';
import { containerTest } from '../../support/world/container-test';

const root = containerTest(async (keep) => keep(await makeTestRoot()));

beforeEach(async () => {
  const file = join(root.path, 'few.xml');
  writeFileSync(file, domainXml({ name: 'few', init: '/bin/sleep', initArguments: ['1000'] }));
  await runSuccessfully(['define', file], { root: root.path });
});

/** Runs the command with so many descriptors at most, which its monitor inherits. */
function withLimit(limit: number, ...words: readonly string[]): Promise<CommandResult> {
  const argv = ['prlimit', `--nofile=${limit}:${limit}`, ...commandLine(...words)];
  return runProgram(argv, { root: root.path });
}

test('64 are enough for a container, a command in it and its end', async () => {
  expect(await withLimit(64, 'start', 'few')).toMatchObject({ code: 0, stderr: '' });
  expect(await withLimit(64, 'exec', 'few', '--', 'echo', 'hi')).toMatchObject({
    code: 0,
    stdout: 'hi\n',
    stderr: '',
  });
  expect(await withLimit(64, 'destroy', 'few')).toMatchObject({ code: 0, stderr: '' });
});

test('too few are named by whoever lacks them: the caller, its monitor or init', async () => {
  const named = {
    'the caller': /^error: .+: EMFILE, too many open files(?: \([^0-9]+\))?: its limit/m,
    'its monitor':
      /^error: .+: EMFILE, too many open files \(monitor step \d+ of \d+: .+\): its limit/m,
    init: /^error: .+: EMFILE, too many open files \(init step \d+ of \d+: .+\): its limit/m,
  };
  const lacking = new Set<string>();
  // How many the caller has from the beginning is up to the build of Node.js.
  for (let limit = 24; ; limit += 1) {
    const { code, stderr } = await withLimit(limit, 'start', 'few');
    if (code === 0) break;
    const [who] = Object.entries(named).find(([, words]) => words.test(stderr)) ?? [];
    expect({ limit, stderr, who }).toEqual({ limit, stderr, who: expect.any(String) as string });
    lacking.add(who ?? '');
    expect(await runSuccessfully(['domstate', 'few'], { root: root.path })).toBe('shut off\n\n');
  }
  expect([...lacking]).toEqual(Object.keys(named));
});
