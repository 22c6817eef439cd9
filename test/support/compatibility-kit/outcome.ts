/** What comes of a script of the kit, in the few words that the table has: `12 ok, 4 skipped`. */
import type { CommandResult } from '../process/run-command';
import { parseTap } from './tap';
import type { Tap, TapTest } from './tap';

/** What has ended a script of Perl: an error of Perl's with its place, or one of libvirt's. */
const deathPattern = /^(?!#)(libvirt error code: .*|.* at \S+ line \d+\.?)$/gm;

/**
 * The counts of its tests by result (`ok`, `skipped`, `todo`, `failed`, and `missing`: announced and not run), without those of which there
 * are none, or why all are skipped; then why it has given up, or died.
 */
export function outcomeOf({ code, signal, stdout, stderr }: CommandResult): string {
  const tap = parseTap(stdout);
  const counted = tap.skipped === undefined ? countsOf(tap) : `all skipped: ${tap.skipped}`;
  const end = endOf(tap, { code, signal, stderr });
  return [counted, end].filter((part) => part !== '').join('; ') || 'nothing';
}

/** Whether nothing has failed, is missing, or has ended it before its time. What is skipped is not asked. */
export function isPass(outcome: string): boolean {
  return outcome !== 'nothing' && !/\b(failed|missing|gives up|dies|exits|killed)\b/.test(outcome);
}

function countsOf({ planned, tests }: Tap): string {
  const count = (result: TapTest['result']): number =>
    tests.filter((test) => test.result === result).length;
  const counts = {
    ok: count('ok'),
    skipped: count('skipped'),
    todo: count('todo'),
    failed: count('not ok'),
    missing: Math.max(0, (planned ?? tests.length) - tests.length),
  };
  return Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([word, number]) => `${number} ${word}`)
    .join(', ');
}

function endOf(
  { bailedOut, tests }: Tap,
  { code, signal, stderr }: Pick<CommandResult, 'code' | 'signal' | 'stderr'>,
): string {
  if (bailedOut !== undefined) return `gives up: ${bailedOut}`;
  if (signal !== null) return `killed by ${signal}`;
  // Test::More exits with the number of tests that have failed.
  if (code === 0 || code === tests.filter(({ result }) => result === 'not ok').length) return '';
  const death = stderr.match(deathPattern)?.at(-1);
  return death === undefined
    ? `exits with ${code}`
    : `dies: ${death.replace(/ at \S+ line \d+\.?$/, '')}`;
}
