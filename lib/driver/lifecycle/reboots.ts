/**
 * Announces reboots. The monitor restarts init by itself and counts; the process that hears of it first, or that takes the
 * domain's lock next, announces each reboot once.
 */
import type { RunState } from '../../container/record/run-state';
import type { Session } from '../session/session';

/** Whether there have been reboots that are not announced yet. */
export function hasUntold(session: Session, name: string, state: RunState): boolean {
  return untold(session, name, state) > 0;
}

/**
 * Under the domain's lock. `recorded`: the caller has to read the state again. `unrecorded`: the record could not be written, for
 * lack of space, so that the reboots will be announced again.
 */
export async function announceReboots(
  session: Session,
  name: string,
  state: RunState,
): Promise<'recorded' | 'unrecorded'> {
  if (state.phase !== 'running' && state.phase !== 'ended') return 'recorded';
  const { containers, paths, logger } = session;
  const { start } = state;
  const count = untold(session, name, state);
  const { uuid } = start;
  for (let told = 0; told < count; told += 1) {
    await session.announce({ event: 'reboot', detail: 'rebooted', domain: name, uuid });
  }
  try {
    containers.replaceStart(paths, { ...start, boots: (start.boots ?? 0) + count });
    return 'recorded';
  } catch (error) {
    logger.warn({ err: error, domain: name }, 'that it was rebooted is not on record');
    return 'unrecorded';
  }
}

/** What the owner of a container does when it hears of a reboot. */
export function announceRebootsInBackground(session: Session, name: string): void {
  session.inBackground(`announcing the reboot of '${name}' failed`, () =>
    session.locked(name, async () => {
      const state = session.containers.readRunState(session.paths, name);
      if (hasUntold(session, name, state)) await announceReboots(session, name, state);
    }),
  );
}

function untold({ containers, paths }: Session, name: string, state: RunState): number {
  if (state.phase !== 'running' && state.phase !== 'ended') return 0;
  const running = state.phase === 'running' ? state.running : containers.readRunning(paths, name);
  return Math.max(0, (running?.boots ?? 0) - (state.start.boots ?? 0));
}
