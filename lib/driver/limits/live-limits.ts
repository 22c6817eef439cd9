/** What all limits have in common: how they are read and changed, in the running container and in the stored definition. */
import type { DomainDefinition } from '../../domain/definition';
import type { Position } from '../../domain/xml/element';
import { formatDomain } from '../../domain/format';
import { TslxcError } from '../../errors';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { Identity } from '../../host/state/definitions/definition-store';
import { containerFolder } from '../../plan/cgroups/names';
import {
  cgroupPlaces,
  placeOf,
  type CgroupPlace,
  type Controller,
} from '../../plan/cgroups/places';
import type { LimitWrite } from '../../plan/limits/limit-write';
import {
  requireRunning,
  runningDefinition,
  stored,
  type RunningState,
} from '../definitions/definitions';
import { changeDomain, type Which } from '../definitions/domain-change';
import { currentState } from '../lookup/lookup';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';

/** A running container, and its cgroups. */
export interface Live {
  readonly definition: DomainDefinition;
  readonly layout: CgroupLayout;
  /** The cgroup that has the limit. @throws TslxcError OPERATION_UNSUPPORTED when the host has no such controller. */
  readonly place: (controller: Controller) => CgroupPlace;
  readonly has: (controller: Controller) => boolean;
  readonly read: (path: string) => string | undefined;
}

export interface LimitQuery {
  readonly session: Session;
  readonly identity: Identity;
  readonly which: Which;
}

/** @throws TslxcError OPERATION_INVALID for `live` when nothing runs, NO_DOMAIN. */
export async function lookAtLimit<T>(
  { session, identity, which }: LimitQuery,
  look: {
    readonly live: (live: Live) => T | Promise<T>;
    readonly stored: (definition: DomainDefinition) => T;
  },
): Promise<T> {
  const state = await currentState(session, identity);
  if (which === 'live' || which === 'both') requireRunning(state, 'look', identity);
  if (state.phase !== 'running') return look.stored(stored(session, identity));
  if (which !== 'inactive') return await look.live(liveOf(session, state));
  const isStored = session.store.has(identity.name);
  return look.stored(isStored ? stored(session, identity) : runningDefinition(session, state));
}

/** What is written to the cgroups, and the running definition from then on. */
export interface LiveLimitChange {
  readonly writes: readonly LimitWrite[];
  readonly definition: DomainDefinition;
  /** Called before anything is written. */
  readonly before?: () => Promise<void>;
}

/**
 * Takes the domain's lock. If the kernel refuses a value, both the cgroups and the definition stay as they were.
 *
 * @throws TslxcError OPERATION_INVALID for `live` when nothing runs, and for `inactive` of a transient domain; SyscallError
 * with path and errno.
 */
export async function changeLimit(
  { session, identity, which }: LimitQuery,
  change: {
    readonly live: (live: Live) => LiveLimitChange | Promise<LiveLimitChange>;
    readonly stored: (definition: DomainDefinition) => DomainDefinition;
  },
): Promise<void> {
  await changeDomain(
    session,
    { identity, which },
    {
      stored: change.stored,
      live: async (state: SettledState) => {
        requireRunning(state, 'setLimit', identity);
        const { writes, definition, before } = await change.live(liveOf(session, state));
        await before?.();
        await session.containers.limits.apply(writes);
        session.containers.replaceStart(session.paths, {
          ...state.start,
          xml: formatDomain(definition),
        });
      },
    },
  );
}

/** The position of a value that was set by a call, and so is in no text. */
export const nowhere: Position = { line: 1, column: 1 };

/** An argument that is a number: what it counts, and where it is among the arguments. */
export interface Counted {
  readonly what: string;
  readonly element: string;
}

/** @throws TslxcError INVALID_ARG for anything but a whole number in this range. */
export function checkWhole(
  { what, element }: Counted,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  const detail = `${what} is a number ${range}, and not '${String(value)}'`;
  throw new TslxcError('INVALID_ARG', detail, { element });
}

function liveOf(session: Session, state: RunningState): Live {
  const definition = runningDefinition(session, state);
  const { limits } = session.containers;
  const layout = limits.layout(definition);
  const places = cgroupPlaces(layout, containerFolder(definition));
  return {
    definition,
    layout,
    has: (controller) => placeOf(places, controller) !== undefined,
    read: (path) => limits.read(path),
    place: (controller) => {
      const found = placeOf(places, controller);
      if (found !== undefined) return found;
      const detail = `this needs the cgroup controller '${controller}', and the host does not have it`;
      throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: definition.name });
    },
  };
}
