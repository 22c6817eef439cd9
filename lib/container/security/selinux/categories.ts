/**
 * SELinux categories for domains: two that no other running domain of this host has, in any root. They separate
 * containers that have the same type and the same ids.
 */
import { setTimeout } from 'node:timers/promises';
import { TslxcError } from '../../../errors';
import { fileError } from '../../../host/state/file-error';
import { pairOf } from '../../../host/security/context';
import { categoriesPath } from '../../../host/state/state-paths';
import {
  enter,
  entryOf,
  hasAlready,
  holderFor,
  isLive,
  isOf,
  leave,
  leaveEarlier,
  placesIn,
  readEntries,
  removeDead,
} from './category-folder';
import type { CategoryEntry, Holder, Owner } from './category-folder';
import { boundsOf, drawPair, formatRange, keyOf } from './draw';
import type { Bounds, Pair } from './draw';

export interface RangeClaim {
  readonly owner: Owner;
  /** Context of this process, which limits the categories that it may assign. */
  readonly caller: string;
  /** Labels of processes that the host's folder may know nothing of, such as those of other programs' containers. */
  readonly labelsInUse: () => Iterable<string>;
  /** Where categories are claimed. Default: the host's folder. */
  readonly folder?: string;
}

export interface LabelReservation {
  readonly owner: Owner;
  readonly label: string;
  readonly folder?: string;
}

/**
 * Claims two categories for the domain, whose lock the caller holds: `s0:c12,c803`. They are the domain's until they
 * are released; those of a start that died before its record was written may be claimed again.
 *
 * @throws TslxcError INTERNAL_ERROR when the caller's range is too small, OPERATION_FAILED when all pairs are taken.
 */
export async function claimRange(claim: RangeClaim): Promise<string> {
  const { owner, folder = categoriesPath } = claim;
  const bounds = boundsOf(claim.caller);
  const foreign = [...claim.labelsInUse()].flatMap(pairsOfLabel);
  const pair = await keeping(async () => {
    const holder = holderFor(owner);
    await lookAfter(folder);
    await leaveEarlier(folder, holder);
    return await takeFree({ folder, holder, bounds, foreign });
  });
  if (pair !== undefined) return formatRange(bounds, pair);
  throw new TslxcError(
    'OPERATION_FAILED',
    `each pair of the ${bounds.categories.length} categories that ${claim.caller} may give away is in use`,
    { domain: owner.name, step: 'choose categories' },
  );
}

/**
 * Records the categories of a static label, so that no dynamic one gets the same. Several domains may have the same
 * static label, as their author has chosen. A static label is refused if a dynamic one happens to have its categories.
 *
 * @throws TslxcError RESOURCE_BUSY
 */
export async function reserveLabel({
  owner,
  label,
  folder = categoriesPath,
}: LabelReservation): Promise<void> {
  const pair = pairOf(label);
  const other = await keeping(async () => {
    const holder = holderFor(owner);
    await leaveEarlier(folder, holder);
    if (pair === undefined) return undefined;
    const place = { type: 'static', pair } as const;
    if (!enter(folder, holder, place)) {
      // Left by a start of this very domain that died halfway.
      await removeDead(folder, readEntries(folder).filter(isOf(holder)));
      if (!enter(folder, holder, place)) throw hasAlready(holder);
    }
    // A domain with a dynamic label that claims the pair at the same time sees this entry, and gives the pair up.
    const found = await standing(folder, pair);
    if (found !== undefined) leave(folder, holder);
    return found;
  });
  if (other === undefined) return;
  throw new TslxcError(
    'RESOURCE_BUSY',
    `the categories of ${label} are those of the running domain ${other.name}`,
    { domain: owner.name, step: 'reserve categories' },
  );
}

/** The live entry that has the pair by a dynamic label, and still has it a moment later. */
async function standing(folder: string, pair: Pair): Promise<CategoryEntry | undefined> {
  const first = entryOf(folder, pair);
  if (first === undefined || !isLive(folder, first)) return undefined;
  await setTimeout(moment);
  const again = entryOf(folder, pair);
  return again?.root === first.root && again.name === first.name ? again : undefined;
}

/** Gives back the domain's categories; does nothing if it has none. The caller holds the domain's lock. */
export async function releaseRange(owner: Owner, folder = categoriesPath): Promise<void> {
  await keeping(() => leave(folder, holderFor(owner)));
}

/** Milliseconds within which a process that is about to give a pair back has done so. */
const moment = 50;

interface Draw {
  readonly folder: string;
  readonly holder: Holder;
  readonly bounds: Bounds;
  /** Pairs that others than domains have. */
  readonly foreign: readonly Pair[];
}

/** Undefined when every pair is in use. */
async function takeFree({ folder, holder, bounds, foreign }: Draw): Promise<Pair | undefined> {
  let taken = new Set(foreign.map(keyOf));
  let isSwept = false;
  for (;;) {
    const pair = drawPair(bounds, taken);
    if (pair !== undefined) {
      if (take(folder, holder, pair)) return pair;
      taken.add(keyOf(pair));
    } else {
      if (isSwept) return undefined;
      isSwept = true;
      await removeDead(folder, readEntries(folder));
      const places = (['dynamic', 'static'] as const).flatMap((type) => placesIn(folder, type));
      taken = new Set([...foreign, ...places].map(keyOf));
    }
  }
}

/** @returns false when another domain has the pair. */
function take(folder: string, holder: Holder, pair: Pair): boolean {
  if (!enter(folder, holder, { type: 'dynamic', pair })) return false;
  // A start with a static label records that before it looks for dynamic ones, so that one of the two sees the other.
  if (!placesIn(folder, 'static').some((other) => keyOf(other) === keyOf(pair))) return true;
  leave(folder, holder);
  return false;
}

/** How many entries of other domains the first claim of a process checks, to remove those of domains that are gone. */
const looks = 64;
const lookedAfter = new Set<string>();

async function lookAfter(folder: string): Promise<void> {
  if (lookedAfter.has(folder)) return;
  lookedAfter.add(folder);
  await removeDead(folder, readEntries(folder, looks));
}

async function keeping<Result>(action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw fileError(error, 'keep the categories of domains');
  }
}

/** The pair in a label; none if it is not a context: other models have labels, too. */
function pairsOfLabel(label: string): Pair[] {
  try {
    const pair = pairOf(label);
    return pair === undefined ? [] : [pair];
  } catch {
    return [];
  }
}
