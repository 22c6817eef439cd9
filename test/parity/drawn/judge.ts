/** Whether a difference of a document that was drawn has a reason, by what differs: the name of such a document says nothing. */
import { intendedDifferences } from '../../../scripts/differences/intended';
import type { IntendedDifference } from '../../../scripts/differences/intended';
import { differentLines } from '../lines';
import { linesOf, type Defined } from '../sides';

/** What both sides have made of a document. */
export interface BothDefined {
  readonly theirs: Defined;
  readonly ours: Defined;
  readonly xml: string;
}

/** Each difference as the table has it in `anywhere`. */
export function differencesOf({ theirs, ours, xml }: BothDefined): string[] {
  if ('refusal' in theirs && 'refusal' in ours) return [];
  if ('refusal' in theirs) return [`refused by libvirt: ${theirs.refusal}`];
  if ('refusal' in ours) return [`refused here: ${ours.refusal.split('\n', 1).join('')}`];
  const signs = { libvirt: '-', here: '+' } as const;
  const lines = differentLines(linesOf(theirs, ours, xml), linesOf(ours, theirs, xml));
  return lines.map(({ side, line }) => `${signs[side]}${line}`);
}

/** Those for which the table has no reason. */
export function unexplained(
  differences: readonly string[],
  table: readonly IntendedDifference[] = intendedDifferences,
): string[] {
  const reasons = table
    .flatMap(({ shows }) => shows)
    .flatMap(({ aspect, anywhere }) => (aspect === 'definition' && anywhere ? [anywhere] : []));
  return differences.filter((one) => !reasons.some((reason) => reason.test(one)));
}
