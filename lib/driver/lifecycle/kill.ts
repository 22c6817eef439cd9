/** The end of an init by SIGKILL, by its monitor as far as that answers. */
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Session } from '../session/session';

/** How long a monitor may take to end its init, in milliseconds; then the cgroups are used. */
export const monitorPatience = 2500;

/** A monitor that is stopped never answers. What comes of its answer later is of no interest then. */
export async function withinPatience(answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, monitorPatience);
  });
  answer.catch(() => undefined);
  try {
    await Promise.race([answer, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** A monitor that doesn't answer doesn't end its container either. */
function unlessSilent(error: unknown): undefined {
  if (!TslxcError.is(error, 'OPERATION_TIMEOUT')) throw error;
}

/** Asks the monitor; when it is gone, or goes without an answer, the state tells. */
export async function killInit(session: Session, name: string): Promise<void> {
  // The owner's channel is there already.
  if ((await session.owned(name)?.destroy()) !== undefined) return;
  const monitor = await session.containers.connectMonitor(session.paths, name).catch(unlessSilent);
  if (monitor === undefined) return;
  try {
    await monitor.destroy();
  } catch (error) {
    if (!TslxcError.is(error, 'PROTOCOL_ERROR')) throw error;
    session.logger.debug({ domain: name, err: error }, 'the monitor went without an answer');
  } finally {
    monitor.close();
  }
}

export function destroyedWithoutMonitor(session: Session): ExitRecord {
  const boot = session.containers.bootId();
  return { how: 'lost', requested: 'destroy', time: Date.now(), boot };
}
