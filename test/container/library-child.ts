/** Code that uses the built library in a Node process of its own. */
import { runProgram } from '../support/run-command';
import type { CommandResult } from '../support/run-command';
import { packageRoot } from '../../lib/host/package-paths';
import { join } from 'node:path';

/** The built library, as a literal for the code of a child or a worker. */
export const libraryPath = JSON.stringify(join(packageRoot, 'dist', 'index.js'));

/** Runs `code`, in which `connection` is open on `root` and `await` is allowed, to its end. */
export function runWithLibrary(root: string, code: string): Promise<CommandResult> {
  const whole = `
    const { connect, TslxcError } = require(${libraryPath});
    (async () => {
      const connection = await connect();
      ${code}
    })();`;
  return runProgram([process.execPath, '-e', whole], { root });
}
