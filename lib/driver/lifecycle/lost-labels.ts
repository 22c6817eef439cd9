/** Restores the labels of sources whose containers have ended without any process having restored them. */
import type { Session } from '../session/session';

/** Never throws: a failure is logged, and the next call tries again. */
export async function restoreLostLabels(session: Session): Promise<void> {
  try {
    await session.containers.restoreLostLabels(session.paths);
  } catch (error) {
    session.logger.error({ err: error }, 'labels of former containers could not be restored');
  }
}
