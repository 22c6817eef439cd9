/** Waiting for the end of a container, as reported by its monitor, or else by its record. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitRecord } from '../../container/record/exit-record';
import type { RunState } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import { abortable, throwIfAborted } from '../session/abort';
import { lastEvent } from '../events/event-log';
import type { MonitorConnection } from '../session/containers';
import { checkSame, holderOfName } from '../lookup/lookup';
import { settle } from '../lifecycle/reaper';
import type { Session } from '../session/session';
import type { Identity } from '../../host/state/definitions/definition-store';

/** Between two reads of a domain whose monitor runs but does not answer, in milliseconds. */
const pause = 20;

/**
 * How the running container ends, or the last one ended. Keeps the process alive.
 *
 * @throws TslxcError OPERATION_INVALID when none has run since the host booted, NO_DOMAIN,
 * OPERATION_ABORTED.
 */
export async function waitForEnd(
  session: Session,
  identity: Identity,
  signal: AbortSignal | undefined,
): Promise<ExitRecord> {
  const { name } = identity;
  throwIfAborted(signal);
  for (;;) {
    const state = session.containers.readRunState(session.paths, name);
    const witnessed = isRunOf(state, identity)
      ? await endByMonitor(session, name, signal)
      : undefined;
    const exit = witnessed ?? (await abortable(signal, () => recordedEnd(session, identity)));
    if (exit !== undefined) return exit;
    throwIfAborted(signal);
    await sleep(pause);
  }
}

function isRunOf(state: RunState, { uuid }: Identity): boolean {
  return state.phase === 'running' && state.start.uuid === uuid;
}

/** Connects without a time limit: a stopped monitor may go on at any time. */
async function hear(
  session: Session,
  name: string,
  signal: AbortSignal | undefined,
): Promise<MonitorConnection | undefined> {
  const connecting = session.containers.connectMonitor(session.paths, name, { within: 'endless' });
  try {
    return await abortable(signal, () => connecting);
  } catch (error) {
    void connecting.then(
      (monitor) => monitor?.close(),
      () => undefined,
    );
    throw error;
  }
}

/** Undefined when the monitor is gone, or exits without reporting the end. */
async function endByMonitor(
  session: Session,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ExitRecord | undefined> {
  const monitor = await hear(session, name, signal);
  if (monitor === undefined) return undefined;
  monitor.ref();
  try {
    const exit = await abortable(signal, () => monitor.exited());
    // A monitor that was killed reports nothing; the clean-up finds out how it ended.
    return exit.how === 'lost' ? undefined : { ...exit, boot: session.containers.bootId() };
  } catch (error) {
    if (TslxcError.is(error, 'PROTOCOL_ERROR')) return undefined;
    throw error;
  } finally {
    monitor.close();
  }
}

/**
 * The recorded end; undefined while the container runs.
 *
 * @throws TslxcError OPERATION_INVALID when none is on record since the host booted, NO_DOMAIN.
 */
export async function recordedEnd(
  session: Session,
  identity: Identity,
): Promise<ExitRecord | undefined> {
  if (session.access === 'read-only') return endOnRecord(session, identity);
  return session.locked(identity.name, async () => {
    const before = session.containers.readRunState(session.paths, identity.name);
    const { exit, state } = await settle(session, identity.name, 'carryOut');
    // What has ended now may be another domain's container, which has the name since.
    const isOwn = before.phase !== 'off' && before.start.uuid === identity.uuid;
    return (isOwn ? exit : undefined) ?? endOnRecord(session, identity, state);
  });
}

function endOnRecord(
  session: Session,
  identity: Identity,
  state = session.containers.readRunState(session.paths, identity.name),
): ExitRecord | undefined {
  const boot = session.containers.bootId();
  // Another domain may have the name since.
  if (holderOf(session, identity, state) === identity.uuid) {
    if (state.phase === 'running' || state.phase === 'starting') return undefined;
    const recorded = state.phase === 'off' ? state.last : state.exit;
    if (recorded?.boot === boot) return recorded;
  }
  // A transient domain leaves no record except the event of its end. What was renamed since goes on under another name.
  const told = lastEvent(session.paths.events, ({ event, detail, domain, uuid }) => {
    if (domain !== identity.name || uuid !== identity.uuid) return false;
    return event === 'stopped' || (event === 'undefined' && detail === 'renamed');
  });
  if (told?.event === 'stopped' && told.exit.boot === boot) return told.exit;
  checkSame(session, identity, state);
  throw new TslxcError('OPERATION_INVALID', 'domain is not running', { domain: identity.name });
}

/** The uuid of the domain that has the name; while nobody has it, of the one that is looked for. */
function holderOf(session: Session, { name, uuid }: Identity, state: RunState): string {
  if (state.phase !== 'off') return state.start.uuid;
  return holderOfName(session, name, state)?.uuid ?? uuid;
}
