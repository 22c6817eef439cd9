/** Which domains, virtual networks, storage pools and interfaces of the host are listed: one vocabulary for all lists. */
import type { Contradiction } from '../../shape/shape';
import type { Autostart } from '../types';

/** By whether it is active: as a word, or as `info` says it. */
export interface ActivityFilter {
  /** `active`: those that run. Paused containers do. */
  readonly state?: 'active' | 'inactive' | undefined;
  /** The same as `info` says it: `true` is `active`. It must not contradict `state`. */
  readonly active?: boolean | undefined;
}

/** What is listed. A field that is left out selects both kinds; `false` selects those for which it is false. */
export interface ListFilter extends ActivityFilter {
  /** `persistent`: those with a stored definition. */
  readonly persistence?: 'persistent' | 'transient' | undefined;
  /** The same as `info` says it: `true` is `persistent`. It must not contradict `persistence`. */
  readonly persistent?: boolean | undefined;
  /** `on` or true: those that are started with the host. */
  readonly autostart?: Autostart | undefined;
}

/** Something that may be listed. */
export interface Listable {
  /** Undefined: it is unknown whether it runs, so it is listed among both. */
  readonly active: boolean | undefined;
  readonly persistence: 'persistent' | 'transient';
  /** Asked only if it matters. */
  readonly isAutostarted: () => boolean;
}

export function passesFilter(listable: Listable, filter: ListFilter): boolean {
  const { persistence = wordOf(filter.persistent, ['persistent', 'transient']) } = filter;
  if (persistence !== undefined && persistence !== listable.persistence) return false;
  if (!passesActivity(listable.active, filter)) return false;
  const { autostart } = filter;
  return autostart === undefined || listable.isAutostarted() === [true, 'on'].includes(autostart);
}

export function passesActivity(active: boolean | undefined, filter: ActivityFilter): boolean {
  const { state = wordOf(filter.active, ['active', 'inactive']) } = filter;
  return state === undefined || active === undefined || active === (state === 'active');
}

/** The same asked in two ways has to be the same. */
export function filterContradiction(filter: ListFilter): Contradiction | undefined {
  const { state, active, persistence, persistent } = filter;
  if (state !== undefined && active !== undefined && active !== (state === 'active')) {
    return { field: 'active', what: `does not go with state '${state}'` };
  }
  if (persistence === undefined || persistent === undefined) return undefined;
  return persistent === (persistence === 'persistent')
    ? undefined
    : { field: 'persistent', what: `does not go with persistence '${persistence}'` };
}

function wordOf<Word>(
  asked: boolean | undefined,
  [yes, no]: readonly [Word, Word],
): Word | undefined {
  if (asked === undefined) return undefined;
  return asked ? yes : no;
}
