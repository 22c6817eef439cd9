/**
 * Locks for what no two domains, networks or storage pools may both have. Whoever checks that it is free holds the lock until its own
 * have it on record: a definition until it is stored, a transient one until it runs. Taken under the lock of a name, never the reverse;
 * before that of the stored definitions.
 */
import { takeLock } from '../../host/state/named-lock';
import { granted } from './abort';
import type { Session } from './session';

export interface LockedUuid {
  readonly of: 'domain' | 'network';
  readonly uuid: string;
}

/** Waits for the lock of a uuid; `using` releases it. Not re-entrant. @throws TslxcError OPERATION_ABORTED when the signal fires first. */
export async function lockUuid(
  { paths }: Pick<Session, 'paths'>,
  { of, uuid }: LockedUuid,
  signal?: AbortSignal,
): Promise<Disposable> {
  const lock = { name: `${of}-uuid:${uuid}`, step: `lock the uuid of the ${of}` };
  return granted(takeLock(paths, lock), signal);
}

/** The same of everything that is checked of pools: uuids, folders and devices. */
export async function lockPoolChoices({ paths }: Pick<Session, 'paths'>): Promise<Disposable> {
  return takeLock(paths, { name: 'pools', step: 'lock what storage pools may have' });
}
