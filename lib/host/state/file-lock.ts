/**
 * A flock(2) on an open file for the length of an action. The lock goes with the descriptor, so that a
 * killed holder leaves none. Waits off the event loop and off libuv's pool.
 */
import { native } from '../native';

/** Takes the lock; whoever closes the descriptor gives it back. */
export async function lockFile(fd: number): Promise<void> {
  // The short way costs one system call and no thread; it is almost always open.
  if (native().tryFlock(fd, 'exclusive')) return;
  await native().flock(fd, 'exclusive');
}
