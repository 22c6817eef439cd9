/** The records of one domain among many. */
import type { RunState } from '../../container/record/run-state';
import type { Session } from '../session/session';

/** For whoever looks at many domains: undefined, and a warning, where the records of one are damaged. */
export function readStateOrSkip(session: Session, name: string): RunState | undefined {
  const { containers, paths, logger } = session;
  try {
    return containers.readRunState(paths, name);
  } catch (error) {
    logger.warn({ err: error, domain: name }, 'skipped a domain whose records are damaged');
    return undefined;
  }
}
