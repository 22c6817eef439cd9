/** Gives sources their labels back that nobody has been left to restore. */
import type { Session } from '../session/session';

/** Never throws: what can't be restored is told of, and tried again. */
export async function restoreLostLabels(session: Session): Promise<void> {
  try {
    await session.containers.restoreLostLabels(session.paths);
  } catch (error) {
    session.logger.error({ err: error }, 'labels of former containers could not be restored');
  }
}
