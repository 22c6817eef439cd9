/** Whether a process holds a lock that others hold for moments: of the event log, or of the stored definitions. */
import { closeSync, constants, openSync } from 'node:fs';
import { fileError, unlessMissing } from '../../host/state/file-error';
import { lockFileWithin } from '../../host/state/file-lock';
import type { StatePaths } from '../../host/state/state-paths';
import { TslxcError } from '../../errors';
import { warn } from './check';
import type { HostCheck } from './check';

/** Milliseconds; of what holds a lock for longer, `doctor` tells. */
const patience = 1000;

export async function checkLocks(
  { events, definitions, networkDefinitions }: StatePaths,
  milliseconds = patience,
): Promise<HostCheck[]> {
  const paths = [events, definitions, networkDefinitions];
  return (await Promise.all(paths.map((path) => checkLock(path, milliseconds)))).flat();
}

async function checkLock(path: string, milliseconds: number): Promise<HostCheck[]> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
    const fd = unlessMissing(() => openSync(path, flags), 'look at a lock');
    if (fd === undefined) return [];
    try {
      await lockFileWithin(fd, { path, milliseconds });
      return [];
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { message } = fileError(error, 'look at a lock');
    if (TslxcError.is(error, 'RESOURCE_BUSY')) {
      const advice =
        'every change on this host waits for it, and its event is lost: let the process go on, or end it';
      return [warn('state.lock', message, advice)];
    }
    const found = `it is unknown whether the lock of ${path} can be had: ${message}`;
    return [warn('state.lock', found, 'mend that, then tslxc doctor again')];
  }
}
