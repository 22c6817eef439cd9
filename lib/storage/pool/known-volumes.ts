/**
 * The names of a pool's volumes, as of its start or its last refresh: as in libvirt, what another program puts into the folder is no
 * volume before that. Written under the lock of the pool.
 */
import { TslxcError } from '../../errors';
import { fieldsOf, readRecord, writeRecord } from '../../host/state/record-file';
import { poolPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';

/** @throws TslxcError OPERATION_FAILED if they are not on record; SyscallError if the record can't be read. */
export function knownVolumes(paths: StatePaths, pool: string): ReadonlySet<string> {
  const path = poolPaths(paths, pool).volumes;
  const { names } = fieldsOf(readRecord(path));
  if (Array.isArray(names)) return new Set(names as readonly string[]);
  const detail = `the volumes of pool '${pool}' are not on record: refresh it`;
  throw new TslxcError('OPERATION_FAILED', detail, { path });
}

export function writeKnownVolumes(paths: StatePaths, pool: string, names: Iterable<string>): void {
  writeRecord(poolPaths(paths, pool).volumes, { names: [...names].sort() });
}
