/** The records of one domain among many. */
import { readRunState } from '../../container/record/run-state';
import type { RunState } from '../../container/record/run-state';
import type { StatePaths } from '../../host/state/state-paths';
import type { Session } from '../session/session';

/** For calls on many domains: undefined, and a warning in the log, for a domain whose records are damaged. */
export function readStateOrSkip(session: Session, name: string): RunState | undefined {
  const { containers, paths } = session;
  try {
    return containers.readRunState(paths, name);
  } catch (error) {
    warnOfDamage(session, name, error);
    return undefined;
  }
}

/** For domains of any root, which need not be a session's: undefined for a domain whose records are damaged. */
export function runStateIfAny(paths: StatePaths, name: string): RunState | undefined {
  try {
    return readRunState(paths, name);
  } catch {
    return undefined;
  }
}

/** The states of all domains that have a run folder, by name. Those whose records are damaged are left out, with a warning. */
export async function readableStates(session: Session): Promise<ReadonlyMap<string, RunState>> {
  const { containers, paths, runStates } = session;
  const readable = new Map<string, RunState>();
  for (const [name, found] of await runStates.read(containers.runNames(paths))) {
    if ('state' in found) readable.set(name, found.state);
    else warnOfDamage(session, name, found.error);
  }
  return readable;
}

function warnOfDamage({ logger }: Session, domain: string, error: unknown): void {
  logger.warn({ err: error, domain }, 'skipped a domain whose records are damaged');
}
