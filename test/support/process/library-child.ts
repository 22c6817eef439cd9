/** Code with the library in a Node process of its own: for callers that are killed, or that have failpoints. */
import { join } from 'node:path';
import { packageRoot, runProgram } from './run-command';
import type { CommandResult } from './run-command';

/** The built library, as a literal for the code of a child or a worker. */
export const libraryPath = JSON.stringify(join(packageRoot, 'dist', 'bundle', 'library.js'));

/** argv of a Node that runs `code`, in which `connect` (of another package, if told) is there and `await` is allowed. */
export function libraryWords(code: string, folder?: string): readonly [string, ...string[]] {
  const library = folder === undefined ? libraryPath : JSON.stringify(join(folder, 'dist'));
  const whole = `
    const { connect } = require(${library});
    (async () => { ${code} })().catch((error) => { console.error(error); process.exit(99); });`;
  return [process.execPath, '-e', whole];
}

/** Runs `code`, in which `connection` is open on `root` and `await` is allowed, to its end. */
export function runWithLibrary(root: string, code: string): Promise<CommandResult> {
  return runWithLibraryUnder([], root, code);
}

/** The same as an argument of another program, such as strace. */
export function runWithLibraryUnder(
  words: readonly string[],
  root: string,
  code: string,
): Promise<CommandResult> {
  const [program = '', ...more] = [
    ...words,
    ...libraryWords(`const connection = await connect();\n${code}`),
  ];
  return runProgram([program, ...more], { root });
}
