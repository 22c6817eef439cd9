/** The two definitions of a domain: the one that its container runs with, and the stored one. */
import type { RunState, StartRecord } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import type { Identity } from '../../host/state/definitions/definition-store';
import { transition, type Verb } from '../lifecycle/lifecycle';
import { noDomainOf } from '../lookup/lookup';
import type { Session } from '../session/session';

export type RunningState = RunState & { phase: 'running' };

/** Verbs that are allowed while the domain is paused just as while it runs. */
type PhaseBlind = Exclude<Verb, 'exec' | 'reboot' | 'resume' | 'shutdown' | 'suspend'>;

/** @throws TslxcError OPERATION_INVALID when nothing runs. */
export function requireRunning(
  state: RunState,
  verb: PhaseBlind,
  { name }: Identity,
): asserts state is RunningState {
  transition(verb, state.phase === 'running' ? 'running' : 'off', name);
}

/** What reads definitions: a session. */
type Reader = Pick<Session, 'parse'>;

/** The definitions of running containers that were parsed last, by their XML text. */
const lastRead = new WeakMap<Reader, Map<string, DomainDefinition>>();
/** How many definitions are cached; each takes some kilobytes. */
const mostKept = 64;

/** The definition that the container runs with. It is parsed once for all calls on the container, such as `exec`. */
export function runningDefinition(
  session: Reader,
  { start }: { readonly start: Pick<StartRecord, 'xml'> },
): DomainDefinition {
  const kept = lastRead.get(session) ?? new Map<string, DomainDefinition>();
  lastRead.set(session, kept);
  const definition = kept.get(start.xml) ?? session.parse(start.xml).definition;
  // Ordered by last use; the least recently used one is dropped.
  kept.delete(start.xml);
  kept.set(start.xml, definition);
  const [first = ''] = kept.keys();
  if (kept.size > mostKept) kept.delete(first);
  return definition;
}

/** The definition of the next start. @throws TslxcError NO_DOMAIN when nothing is stored. */
export function stored(session: Session, identity: Identity): DomainDefinition {
  const definition = session.store.read(identity.name);
  if (definition !== undefined) return definition;
  throw noDomainOf(session, identity);
}
