/** The kit itself: whether it is there, its scripts, and what the tests say of one that did not come to what the table has. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult } from '../process/run-command';
import { outcomeOf } from './outcome';
import { folders, isExpected } from './table';

interface KitScripts {
  readonly kitAtHand: () => string | undefined;
}

/** Its folder; undefined where it can't be had. */
export const kit = jest
  .requireActual<KitScripts>('../../../scripts/compatibility-kit.js')
  .kitAtHand();

/** The scripts of those of its folders that the table is about, by the names that the table has. */
export function scriptsOf(folder: string): string[] {
  return folders.flatMap((name) =>
    readdirSync(join(folder, 'scripts', name))
      .filter((file) => file.endsWith('.t'))
      .map((file) => `${name}/${file.slice(0, -'.t'.length)}`),
  );
}

/** @throws Error with all that the script has said when it has not come to `expected`. */
export function expectOutcome(script: string, expected: string, result: CommandResult): void {
  const outcome = outcomeOf(result);
  if (isExpected(expected, outcome)) return;
  const { stdout, stderr } = result;
  throw new Error(`${script}: ${outcome}\ninstead of ${expected}\n${stdout}\n${stderr}`);
}
