/** Programs in Go, of Debian's sources as they are, which are no modules. Nothing is downloaded. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../process/run-command';
import type { CommandOptions } from '../process/run-command';

/** Where Debian's packages have their sources. */
export const goSources = '/usr/share/gocode/src/github.com';

/** What has been compiled stays there: Go's standard library takes a minute. */
const folder = join(packageRoot, 'build', 'go');

/** Milliseconds that this may take, beside others and for the first time. */
export const goPatience = 900_000;

export interface GoTests {
  readonly code: number;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** Compiles with these words of `go`, in the folder of the sources; the path of the program, which nothing else has. */
export async function goProgram(words: readonly string[], cwd: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, [...words.slice(0, 1), ...cwd.split('/').slice(-1)].join('-'));
  const [verb = '', ...others] = words;
  const env = {
    HOME: folder,
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(folder, 'cache'),
    GO111MODULE: 'off',
    GOTOOLCHAIN: 'local',
  };
  const argv = ['go', verb, '-o', program, ...others];
  const { code, stderr } = await runProgram(argv, { env, cwd, timeout: goPatience });
  if (code !== 0) throw new Error(`${argv.join(' ')} fails: ${stderr}`);
  return program;
}

/** The tests of a program of Go’s that a pattern names, by what has come of them. Does not throw for one that fails. */
export async function goTests(
  program: string,
  pattern: RegExp,
  options: Pick<CommandOptions, 'env' | 'cwd'>,
): Promise<GoTests> {
  const argv = [program, '-test.v', '-test.run', pattern.source];
  const { code, stdout } = await runProgram(argv, options);
  const named = (result: string): string[] =>
    [...stdout.matchAll(new RegExp(`^--- ${result}: (\\w+)`, 'gm'))].map(([, name = '']) => name);
  return { code, passed: named('PASS'), failed: named('FAIL'), skipped: named('SKIP') };
}

/** The names of all tests of a program. */
export async function goTestNames(program: string): Promise<string[]> {
  const { stdout } = await runProgram([program, '-test.list', '.*']);
  return stdout.split('\n').filter((name) => name !== '');
}
