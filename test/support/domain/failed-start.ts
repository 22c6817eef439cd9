/** A start that fails, by the library and by the command, each with its error as data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { libraryWords } from '../process/library-child';
import { commandLine, runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';

/** The fields of an error that a program may test; those that it doesn't have are missing. */
export interface FailureData {
  readonly code: string;
  readonly message: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly path?: string;
  readonly step?: string;
  readonly element?: string;
  readonly line?: number;
  readonly column?: number;
}

const fields = 'code message errno syscall path step element line column'.split(' ');

export interface StartAttempt {
  readonly root: string;
  readonly name: string;
  /** Lines of shell that change mounts, run before in a mount namespace of its own. */
  readonly within?: string;
}

export interface CommandFailure extends CommandResult {
  /** What stood on the handshake descriptor. */
  readonly failure: FailureData;
}

/** In this process, so that it is seen to keep nothing; in a child where it needs its own mounts. */
export async function startByLibrary(attempt: StartAttempt): Promise<FailureData> {
  if (attempt.within !== undefined) return startByLibraryChild(attempt, attempt.within);
  await using connection = await connect(undefined, { root: attempt.root });
  const domain = await connection.lookupDomainByName(attempt.name);
  return await domain.start().then(() => {
    throw new Error('it started');
  }, dataOf);
}

/** `tslxc start NAME --handshake-fd 3` */
export async function startByCommand({
  root,
  name,
  within = '',
}: StartAttempt): Promise<CommandFailure> {
  const report = join(root, 'report');
  const words = commandLine('start', name, '--handshake-fd', '3');
  const argv = inShell(`${within}\nexec "$@" 3> ${report}`, words);
  const result = await runProgram(within === '' ? argv : ['unshare', '--mount', ...argv], { root });
  const { failed } = JSON.parse(readFileSync(report, 'utf8')) as { failed: FailureData };
  return { ...result, failure: failed };
}

async function startByLibraryChild(attempt: StartAttempt, within: string): Promise<FailureData> {
  const words = libraryWords(`
    const connection = await connect();
    const domain = await connection.lookupDomainByName(${JSON.stringify(attempt.name)});
    const error = await domain.start().then(() => ({ code: 'STARTED' }), (cause) => cause);
    console.log(JSON.stringify(error, ${JSON.stringify(fields)}));
    await connection.close();`);
  const argv = ['unshare', '--mount', ...inShell(`${within}\nexec "$@"`, words)];
  const { stdout, stderr } = await runProgram(argv, { root: attempt.root });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as FailureData;
}

function inShell(script: string, words: readonly string[]): string[] {
  return ['/bin/sh', '-ec', script, 'sh', ...words];
}

/** Also `message`, which is not among an error's own enumerable fields. */
function dataOf(error: unknown): FailureData {
  return JSON.parse(JSON.stringify(error, fields)) as FailureData;
}
