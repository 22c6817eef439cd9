/** The clean-up after a container's end, and its announcement; and what is made good later, if no process has cleaned up. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import type { ExitRecord } from '../../container/record/exit-record';
import { turn } from '../../host/slices';
import { endHooks } from '../hooks/domain-hooks';
import { announceGonePorts } from '../hooks/port-hooks';
import { removeWrittenLayer } from '../images/written-layer';
import { pruneLogs } from '../logs/gone-logs';
import { giveUpFloors, sharedNetworks } from '../interfaces/shaping';
import type { EndedState } from '../session/containers';
import type { Session } from '../session/session';
import { stopDetail } from './lifecycle';

/**
 * Cleans up and announces the end. Resolves to how it ended; undefined for a start that was never completed, and so was
 * never announced. Under the domain's lock.
 */
export async function finish(
  session: Session,
  name: string,
  ended: EndedState,
): Promise<ExitRecord | undefined> {
  const { containers, paths, store, logger } = session;
  // This process may hear of many ends in one iteration of the event loop.
  await turn();
  const { uuid, links = [] } = ended.start;
  const hooks = endHooks(session, name, ended.start);
  const isUnfinished = hooks.start === 'unfinished';
  const hasRun = !isUnfinished && (ended.exit !== undefined || containers.hasRun(paths, name));
  // A define or an undefine while the container runs changes this; not once its end is being cleaned up, under the lock.
  let remains = ended.start.persistence;
  const persistence = () => (remains = store.has(name) ? 'persistent' : 'transient');
  const notice = (text: string): void => logger.warn({ domain: name }, text);
  // At this point its record no longer counts as running, but is still found by the next process if this one is killed.
  const onGivenBack = async (exit: ExitRecord): Promise<void> => {
    await announceGonePorts(session, ended.start);
    await giveUpFloors(session, sharedNetworks(links));
    await hooks.released(hasRun ? stopDetail(exit) : 'failed');
  };
  const state = isUnfinished ? { ...ended, exit: unstarted(session) } : ended;
  const told = { onDead: hooks.stopped, onGivenBack };
  const exit = await containers.cleanUp(paths, state, { name, notice, persistence, ...told });
  session.disown(name);
  if (!hasRun) {
    logger.warn({ domain: name }, 'cleaned up after a start that was abandoned');
    return undefined;
  }
  await session.announce({ event: 'stopped', detail: stopDetail(exit), domain: name, uuid, exit });
  logger.info({ domain: name, exit }, 'container ended and was cleaned up');
  if (remains === 'transient') pruneLogs(session);
  return exit;
}

/** The same for an end that no restart follows: what a container made from an image has written is removed. */
export async function finishForGood(
  session: Session,
  name: string,
  ended: EndedState,
): Promise<void> {
  await finish(session, name, ended);
  await removeWrittenLayer(session, ended.start);
}

/**
 * Restores the labels of sources whose containers have ended without any process having restored them. Never throws: a failure is
 * logged, and the next call tries again.
 */
export async function restoreLostLabels({ containers, paths, logger }: Session): Promise<void> {
  try {
    await containers.restoreLostLabels(paths);
  } catch (error) {
    logger.error({ err: error }, 'labels of former containers could not be restored');
  }
}

/** The exit record of a container that was refused, or whose caller was killed, before its start was finished. */
function unstarted({ containers }: Session): ExitRecord {
  return { how: 'unstarted', ...thisMoment(), boot: containers.bootId() };
}
