/** Code with the addon in a Node process of its own, which it may end, and count descriptors of. */
import { join } from 'node:path';
import { packageRoot } from '../../lib/host/package-paths';
import { runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';

/** The addon as it was built; lib/host/native.ts finds the same file. */
export const addonPath = join(packageRoot, 'build', 'Release', 'tslxc.node');

/** Words that run `code`, in which `addon` and `fs` are there and `await` is allowed. */
export function nodeWords(code: string): readonly [string, ...string[]] {
  const whole = `
    const addon = require(${JSON.stringify(addonPath)});
    const fs = require('node:fs');
    (async () => { ${code} })().catch((error) => { console.log(error); process.exit(99); });`;
  return [process.execPath, '-e', whole];
}

/** Runs it to its end. */
export function runNode(code: string): Promise<CommandResult> {
  return runProgram(nodeWords(code));
}
