/** Gives back what has to be given back before the monitor ends, and with it the network that it keeps. */
import type { Channel } from '../monitor/channel';
import type { Handshake } from '../start/handshake';
import { retainedNetnsPaths } from './retained-netns';
import { killRemaining, undoAll, undosInNetwork } from '../record/undo';
import type { Undo } from '../record/undo';

/** How long a monitor may take to notice that its init has been killed, in milliseconds. */
const patience = 1000;

/** For the end of a container. The clean-up tries again what fails now, and reports it. */
export async function undoInNetwork(undo: readonly Undo[], monitor: number): Promise<void> {
  const context = { networks: retainedNetnsPaths(monitor), notice: () => undefined };
  await undoAll(undosInNetwork(undo), context);
}

/**
 * For a start that has failed. The monitor waits for this before it ends. If this process gave up, the monitor may
 * still be at work: its work is ended first, so that it does not take away what has just come back.
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
    // The clean-up, which comes next, reports what is not given back.
  }
}
