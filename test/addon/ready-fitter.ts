/** What tests of the process that changes a container's devices wait for. */
import type { Channel } from '../../lib/container/monitor/channel';

/** Resolves with its pid once it holds its lock. It says so itself, while stage 0 tells its pid: either may come first. */
export async function readyFitter(channel: Channel): Promise<number> {
  let pid: number | undefined;
  let isReady = false;
  while (pid === undefined || !isReady) {
    const message = await channel.receive();
    if (message?.message === 'spawned') ({ pid } = message);
    else if (message?.message === 'ready') isReady = true;
    else throw new Error(`neither its pid nor that it is ready: ${message?.message ?? 'its end'}`);
  }
  return pid;
}
