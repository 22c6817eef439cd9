/** Which definition of a domain is meant: that of the container that runs, or the stored one. */
import type { RunState } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import type { Identity } from '../../host/state/definition-store';
import { transition, type Verb } from '../lifecycle/lifecycle';
import { noDomain } from '../lookup/lookup';
import type { Session } from '../session/session';

export type RunningState = RunState & { phase: 'running' };

/** Verbs that a pause makes no difference to. */
type PhaseBlind = Exclude<Verb, 'exec' | 'reboot' | 'resume' | 'shutdown' | 'suspend'>;

/** @throws TslxcError OPERATION_INVALID when nothing runs. */
export function requireRunning(
  state: RunState,
  verb: PhaseBlind,
  { name }: Identity,
): asserts state is RunningState {
  transition(verb, state.phase === 'running' ? 'running' : 'off', name);
}

/** What has been read last of what runs, by its text, which says all of it. */
const lastRead = new WeakMap<Session, Map<string, DomainDefinition>>();
/** Each takes some kilobytes. */
const mostKept = 64;

/** What runs, as its start had it: read once for all that is asked of a container, such as its commands. */
export function runningDefinition(session: Session, { start }: RunningState): DomainDefinition {
  const kept = lastRead.get(session) ?? new Map<string, DomainDefinition>();
  lastRead.set(session, kept);
  const definition = kept.get(start.xml) ?? session.parse(start.xml).definition;
  // The one that was asked for last comes last, and the first one goes.
  kept.delete(start.xml);
  kept.set(start.xml, definition);
  const [first = ''] = kept.keys();
  if (kept.size > mostKept) kept.delete(first);
  return definition;
}

/** What the next start will run. @throws TslxcError NO_DOMAIN when nothing is stored. */
export function stored(session: Session, { name, uuid }: Identity): DomainDefinition {
  const definition = session.store.read(name);
  if (definition !== undefined) return definition;
  throw noDomain(`no domain with matching uuid '${uuid}' (${name})`);
}
