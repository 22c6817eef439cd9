/** Ends an init by SIGKILL, sent by its monitor if that answers. */
import { thisMoment } from '../../host/kernel/boot/boot-clock';
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Session } from '../session/session';

/** How long a monitor may take to end its init, in milliseconds; then the cgroups are used. */
export const monitorPatience = 2500;

/** Waits for a monitor's answer, at most `monitorPatience`: a stopped monitor never answers. A later answer is ignored. */
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

/**
 * Not an error here: a monitor that doesn't answer, or has no place for this client, doesn't end its container, and the caller does
 * that by other means.
 */
function unlessSilent(error: unknown): undefined {
  const isSilent = (['OPERATION_TIMEOUT', 'RESOURCE_BUSY'] as const).some((code) =>
    TslxcError.is(error, code),
  );
  if (!isSilent) throw error;
}

/** Asks the monitor. If it is gone, or exits without an answer, the caller has to read the outcome from the state. */
export async function killInit(session: Session, name: string): Promise<void> {
  // If this process owns the container, it already has a channel to the monitor.
  if ((await session.owned(name)?.destroy()) !== undefined) return;
  const monitor = await session.containers.connectMonitor(session.paths, name).catch(unlessSilent);
  if (monitor === undefined) return;
  try {
    await monitor.destroy();
  } catch (error) {
    if (!TslxcError.is(error, 'PROTOCOL_ERROR')) throw error;
    session.logger.debug({ domain: name, err: error }, 'the monitor ended without an answer');
  } finally {
    monitor.close();
  }
}

export function destroyedWithoutMonitor(session: Session): ExitRecord {
  const boot = session.containers.bootId();
  return { how: 'lost', requested: 'destroy', ...thisMoment(), boot };
}
