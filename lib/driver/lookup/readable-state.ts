/** The records of one domain among many. */
import type { RunState } from '../../container/record/run-state';
import type { Session } from '../session/session';

/** For calls on many domains: undefined, and a warning in the log, for a domain whose records are damaged. */
export function readStateOrSkip(session: Session, name: string): RunState | undefined {
  const { containers, paths, logger } = session;
  try {
    return containers.readRunState(paths, name);
  } catch (error) {
    logger.warn({ err: error, domain: name }, 'skipped a domain whose records are damaged');
    return undefined;
  }
}
