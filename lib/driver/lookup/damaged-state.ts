/**
 * Domains whose run has a damaged record, so that it is not known whether a container runs. They are found and listed,
 * with the reason, and can be destroyed; every other verb refuses them with the path of the record.
 */
import type { RunState, StartRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import type { Session } from '../session/session';

export interface DamagedState {
  readonly phase: 'damaged';
  /** INTERNAL_ERROR, with the path of the record. */
  readonly error: TslxcError;
  /** The record of the start, if that is not the damaged one. */
  readonly start?: StartRecord;
}

/** The uuid of a transient domain whose start can't be read: no domain can be defined with it. */
const unknownUuid = '00000000-0000-0000-0000-000000000000';

/** @throws SyscallError if a record can't be read, such as EIO or EMFILE. */
export function readStateOrDamage(session: Session, name: string): RunState | DamagedState {
  try {
    return session.containers.readRunState(session.paths, name);
  } catch (error) {
    return damagedState(session, name, error);
  }
}

/** @throws `error` unless it is about a damaged record. */
export function damagedState(
  { containers, paths }: Session,
  name: string,
  error: unknown,
): DamagedState {
  if (!isDamage(error)) throw error;
  const start = containers.readStart(paths, name);
  return { phase: 'damaged', error, ...(start === undefined ? {} : { start }) };
}

/** Whether a read of a state has failed because a record is damaged, and not because it can't be read now. */
export function isDamage(error: unknown): error is TslxcError {
  return TslxcError.is(error, 'INTERNAL_ERROR') && error.path !== undefined;
}

export function uuidOfDamaged({ start }: DamagedState, storedUuid: string | undefined): string {
  return start?.uuid ?? storedUuid ?? unknownUuid;
}
