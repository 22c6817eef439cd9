/**
 * A flock(2) on an open file. The kernel releases the lock with the descriptor, also if the holder is
 * killed. Waits off the event loop and off libuv's thread pool.
 */
import { native } from '../native';

/** Takes the lock. Closing the descriptor releases it. */
export async function lockFile(fd: number): Promise<void> {
  // Almost always the lock is free: then one system call is enough, without a thread.
  if (native().tryFlock(fd, 'exclusive')) return;
  await native().flock(fd, 'exclusive');
}
