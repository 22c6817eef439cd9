/** Code that uses the sources in a Node process of its own: other processes, other users. */
import { join } from 'node:path';
import { packageRoot } from '../../../lib/host/package-paths';
import { runProgram } from '../../support/process/run-command';
import type { CommandOptions } from '../../support/process/run-command';

/** The path of a source, as a literal for the code of a child. */
export function source(name: string): string {
  return JSON.stringify(join(packageRoot, 'lib', name));
}

/** Runs `code`, in which `await` is allowed, and resolves to what it printed. */
export async function runChild(
  code: string,
  options: Pick<CommandOptions, 'uid'> = {},
): Promise<string> {
  const hook = join(__dirname, '../../support/source/compile-on-require.js');
  const whole = `(async () => { ${code} })()`;
  const {
    code: status,
    stdout,
    stderr,
  } = await runProgram([process.execPath, '-r', hook, '-e', whole], options);
  if (status !== 0) throw new Error(`child: exit code ${status}\n${stderr}`);
  return stdout;
}
