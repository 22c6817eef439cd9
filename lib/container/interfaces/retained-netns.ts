/**
 * The network namespace of a container whose init has ended. It would end some time after init; the monitor, and `tslxc
 * reap` after it, keeps it until what has to be done in it is done.
 */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { networkDescriptor } from '../monitor/messages';
import { unlessEnded } from '../../host/state/file-error';

export const ownNetwork = '/proc/self/ns/net';

/** Where it may be found: a descriptor of the monitor, or of this process if a monitor has become this process. */
export function retainedNetnsPaths(monitor: number | undefined): string[] {
  const pids = [...(monitor === undefined ? [] : [monitor]), process.pid];
  return pids.map((pid) => `/proc/${pid}/fd/${networkDescriptor}`);
}

/** Runs `action` with a descriptor of each namespace that is there and is not that of this process itself. */
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
  return unlessEnded(() => {
    const target = readlinkSync(path);
    if (!target.startsWith('net:') || target === readlinkSync(ownNetwork)) return undefined;
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }, 'look for a network namespace');
}
