/** Programs in Go, of Debian's sources as they are, which are no modules. Nothing is downloaded. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../process/run-command';

/** Where Debian's packages have their sources. */
export const goSources = '/usr/share/gocode/src/github.com';

/** What has been compiled stays there: Go's standard library takes a minute. */
const folder = join(packageRoot, 'build', 'go');

/** Milliseconds that this may take, beside others and for the first time. */
export const goPatience = 900_000;

/** Compiles with these words of `go`, in the folder of the sources; the path of the program. */
export async function goProgram(words: readonly string[], cwd: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, words.includes('test') ? 'tests' : 'program');
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
