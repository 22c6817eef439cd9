/** What has to be given back before the monitor goes, and the network that it keeps with it. */
import type { Channel } from '../monitor/channel';
import type { Handshake } from '../start/handshake';
import { retainedNetnsPaths } from './retained-netns';
import { killRemaining, undoAll, undosInNetwork } from '../record/undo';
import type { Undo } from '../record/undo';

/** How long a monitor may take to see that its init has been ended, in milliseconds. */
const patience = 1000;

/** At the end of a container. What fails now, the clean-up tries again and tells of. */
export async function undoInNetwork(undo: readonly Undo[], monitor: number): Promise<void> {
  const context = { networks: retainedNetnsPaths(monitor), notice: () => undefined };
  await undoAll(undosInNetwork(undo), context);
}

/**
 * Of a start that has failed. The monitor waits for this before it ends; one that is in the midst of its work, since it
 * was this side that gave up, is brought to its end first, so that it doesn't take away what has just come back.
 */
export async function rescue(
  undo: readonly Undo[],
  { channel, handshake, monitor }: { channel: Channel; handshake: Handshake; monitor: number },
): Promise<void> {
  if (undosInNetwork(undo).length === 0) return;
  try {
    await killRemaining(undo);
    await handshake.untilFailed(patience);
    await undoInNetwork(undo, monitor);
    channel.send({ message: 'acknowledge' });
  } catch {
    // The clean-up, which comes next, tells of what is not given back.
  }
}
