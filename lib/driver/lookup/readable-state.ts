/** The records of one domain among many. */
import { readRunState } from '../../container/record/run-state';
import type { TslxcError } from '../../errors';
import type { RunState, StartRecord } from '../../container/record/run-state';
import type { StatePaths } from '../../host/state/state-paths';
import type { Session } from '../session/session';
import { isDamage } from './damaged-state';

/**
 * For work on many domains, each of which is to be done whatever the state of the others is: undefined, and a warning in the
 * log, for a domain whose state can't be read.
 */
export function readStateOrSkip(session: Session, name: string): RunState | undefined {
  const { containers, paths } = session;
  try {
    return containers.readRunState(paths, name);
  } catch (error) {
    warnOf(session, name, error);
    return undefined;
  }
}

/**
 * For domains of any root, which need not be a session's: undefined for a domain whose records are damaged or of a newer version.
 *
 * @throws SyscallError if they can't be read, such as EMFILE or EIO.
 */
export function runStateIfAny(paths: StatePaths, name: string): RunState | undefined {
  try {
    return readRunState(paths, name);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}

/** Why `runStateIfAny` finds none; undefined if it finds one. @throws SyscallError. */
export function damageOf(paths: StatePaths, name: string): TslxcError | undefined {
  try {
    readRunState(paths, name);
    return undefined;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return error;
  }
}

/**
 * The states of all domains that have a run folder, by name. Those whose records are damaged are left out, with a warning.
 *
 * @throws SyscallError if they can't be read, such as EMFILE or EIO.
 */
export async function readableStates(session: Session): Promise<ReadonlyMap<string, RunState>> {
  const { containers, paths, runStates } = session;
  const readable = new Map<string, RunState>();
  for (const [name, found] of await runStates.read(containers.runNames(paths))) {
    if ('state' in found) readable.set(name, found.state);
    else if (isDamage(found.error)) warnOf(session, name, found.error);
    else throw found.error;
  }
  return readable;
}

/**
 * The records of all containers that run or are being started, by their names: what they have, no other start may take. Those whose
 * records are damaged are left out, with a warning. @throws as `readableStates`.
 */
export async function standingStarts(session: Session): Promise<ReadonlyMap<string, StartRecord>> {
  const standing = new Map<string, StartRecord>();
  for (const [name, state] of await readableStates(session)) {
    const start = standingStart(session, name, state);
    if (start !== undefined) standing.set(name, start);
  }
  return standing;
}

/** Until its monitor has its lock, a start looks like one that has died; then the lock of its domain tells. */
function standingStart(session: Session, name: string, state: RunState): StartRecord | undefined {
  if (state.phase !== 'ended') return state.phase === 'off' ? undefined : state.start;
  if (state.exit !== undefined) return undefined;
  if (session.containers.isDomainLocked(session.paths, name)) return state.start;
  // The start may have come to its end since the look.
  const now = readStateOrSkip(session, name);
  return now?.phase === 'starting' || now?.phase === 'running' ? now.start : undefined;
}

function warnOf({ logger }: Session, domain: string, error: unknown): void {
  const records = isDamage(error) ? "records can't be read" : "state can't be read";
  logger.warn({ err: error, domain }, `skipped a domain whose ${records}`);
}
