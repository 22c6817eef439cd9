/**
 * Categories of SELinux for domains: two that no other running domain of this host has, of any root, whoever started it. They
 * are what keeps containers apart that have the same type and the same ids.
 */
import { existsSync } from 'node:fs';
import { TslxcError } from '../../errors';
import { pairOf } from '../../host/security/context';
import { categoriesPath } from '../../host/state-paths';
import { changeList, entryFor, isLive, withoutOwner } from './category-list';
import type { CategoryEntry, Owner } from './category-list';
import { boundsOf, drawPair, formatRange, keyOf } from './draw';
import type { Bounds, Pair } from './draw';

export interface RangeClaim {
  readonly owner: Owner;
  /** Context of this process, which bounds what it may give away. */
  readonly caller: string;
  /** Labels of processes that this list may know nothing of, such as those of other programs' containers. */
  readonly labelsInUse: () => Iterable<string>;
  /** The list; the host's unless told. */
  readonly list?: string;
}

export interface LabelReservation {
  readonly owner: Owner;
  readonly label: string;
  readonly list?: string;
}

/** How many of the others each claim looks after: that they still run. */
const looks = 2;

/**
 * Takes two categories for the domain, whose lock the caller holds: `s0:c12,c803`. They are the domain's until they are
 * released; those of a start that died before its record was written are given away again.
 *
 * @throws TslxcError INTERNAL_ERROR when the caller's range is too small, OPERATION_FAILED when all pairs are taken.
 */
export async function claimRange(claim: RangeClaim): Promise<string> {
  const { owner, list = categoriesPath } = claim;
  const bounds = boundsOf(claim.caller);
  const foreign = new Set([...claim.labelsInUse()].flatMap(keysOfLabel));
  let drawn: Pair | undefined;
  await changeList(list, (entries) => {
    const others = lookAfter(withoutOwner(entries, owner));
    const { pair, left } = drawAmong(others, { bounds, foreign });
    drawn = pair;
    return pair === undefined ? left : [...left, entryFor(owner, { type: 'dynamic', pair })];
  });
  if (drawn !== undefined) return formatRange(bounds, drawn);
  throw new TslxcError(
    'OPERATION_FAILED',
    `each pair of the ${bounds.categories.length} categories that ${claim.caller} may give away is in use`,
    { domain: owner.name, step: 'choose categories' },
  );
}

/**
 * Writes down the categories of a static label, so that no dynamic one gets the same. Several domains may have one static
 * label: who wrote it has chosen that. One that a dynamic label has by chance is refused.
 *
 * @throws TslxcError RESOURCE_BUSY
 */
export async function reserveLabel({
  owner,
  label,
  list = categoriesPath,
}: LabelReservation): Promise<void> {
  const pair = pairOf(label);
  await changeList(list, (entries) => {
    const others = withoutOwner(entries, owner);
    if (pair === undefined) return others.length < entries.length ? others : undefined;
    const holder = others.find(
      (entry) => entry.type === 'dynamic' && keyOf(entry.pair) === keyOf(pair) && isLive(entry),
    );
    if (holder === undefined) return [...others, entryFor(owner, { type: 'static', pair })];
    throw new TslxcError(
      'RESOURCE_BUSY',
      `the categories of ${label} are those of the running domain ${holder.name}`,
      { domain: owner.name, step: 'reserve categories' },
    );
  });
}

/** Gives back what the domain has; nothing to do for one that has none. */
export async function releaseRange(owner: Owner, list = categoriesPath): Promise<void> {
  // Where nobody has categories there is no lock either.
  if (!existsSync(list)) return;
  await changeList(list, (entries) => {
    const others = withoutOwner(entries, owner);
    return others.length < entries.length ? others : undefined;
  });
}

/** The first few are asked whether they live, and are the last then: all have their turn. */
function lookAfter(entries: readonly CategoryEntry[]): readonly CategoryEntry[] {
  return [...entries.slice(looks), ...entries.slice(0, looks).filter(isLive)];
}

/** Asks all others whether they live before it gives up. */
function drawAmong(
  entries: readonly CategoryEntry[],
  { bounds, foreign }: { readonly bounds: Bounds; readonly foreign: ReadonlySet<number> },
): { readonly pair: Pair | undefined; readonly left: readonly CategoryEntry[] } {
  const drawOf = (left: readonly CategoryEntry[]): Pair | undefined =>
    drawPair(bounds, new Set([...foreign, ...left.map(({ pair }) => keyOf(pair))]));
  const pair = drawOf(entries);
  if (pair !== undefined) return { pair, left: entries };
  const left = entries.filter(isLive);
  return { pair: drawOf(left), left };
}

/** Also of what is no context: other models have labels too. */
function keysOfLabel(label: string): number[] {
  try {
    const pair = pairOf(label);
    return pair === undefined ? [] : [keyOf(pair)];
  } catch {
    return [];
  }
}
