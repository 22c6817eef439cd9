/**
 * The network namespace of a container whose init has ended. It would die with it, some time later; its monitor keeps it
 * until what has to be done in it is done, and `tslxc reap` after the monitor.
 */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { networkDescriptor } from '../monitor/messages';

export const ownNetwork = '/proc/self/ns/net';

/** Where it may be found: at the monitor, and at this process if it is what a monitor has become. */
export function retainedNetnsPaths(monitor: number | undefined): string[] {
  const pids = [...(monitor === undefined ? [] : [monitor]), process.pid];
  return pids.map((pid) => `/proc/${pid}/fd/${networkDescriptor}`);
}

/** Runs `action` with a descriptor of each that is there, and is not the namespace of this process itself. */
export async function inEach(
  networks: readonly string[],
  action: (network: number) => Promise<void>,
): Promise<void> {
  for (const path of networks) {
    const network = openNetwork(path);
    if (network === undefined) continue;
    try {
      await action(network);
    } finally {
      closeSync(network);
    }
  }
}

function openNetwork(path: string): number | undefined {
  try {
    const target = readlinkSync(path);
    if (!target.startsWith('net:') || target === readlinkSync(ownNetwork)) return undefined;
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
