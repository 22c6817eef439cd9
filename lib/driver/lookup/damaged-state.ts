/**
 * Domains whose run has a record that is damaged, or that only a newer version of the package can read, so that it is not known whether a
 * container runs. They are found and listed, with the reason; every verb refuses them with the path of the record, except that a
 * destroy ends what runs of one with a damaged record.
 */
import type { RunState, StartRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import { isNewer } from '../../host/state/record-format';
import type { Session } from '../session/session';

export interface DamagedState {
  readonly phase: 'damaged';
  /** With the path of the record: INTERNAL_ERROR if it is damaged, OPERATION_UNSUPPORTED if a newer version has written it. */
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

/** @throws `error` unless it is about a record that is damaged or of a newer version. */
export function damagedState(session: Session, name: string, error: unknown): DamagedState {
  if (!isDamage(error)) throw error;
  const start = startIfReadable(session, name);
  return { phase: 'damaged', error, ...(start === undefined ? {} : { start }) };
}

function startIfReadable({ containers, paths }: Session, name: string): StartRecord | undefined {
  try {
    return containers.readStart(paths, name);
  } catch (error) {
    if (isNewer(error)) return undefined;
    throw error;
  }
}

/** Whether a read of a state has failed because of what a record holds, and not because it can't be read now. */
export function isDamage(error: unknown): error is TslxcError {
  return isNewer(error) || (TslxcError.is(error, 'INTERNAL_ERROR') && error.path !== undefined);
}

/** What is said in place of a state. */
export function damageWords({ error }: Pick<DamagedState, 'error'>): string {
  const { path = '', message } = error;
  return isNewer(error) ? message : `${path} is damaged`;
}

export function uuidOfDamaged({ start }: DamagedState, storedUuid: string | undefined): string {
  return start?.uuid ?? storedUuid ?? unknownUuid;
}
