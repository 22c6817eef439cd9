/**
 * The format of records, which says who can read one. A record that an older version of the package would misread, since it would overlook
 * something that has to be given back or kept, is written with a higher number. What can be overlooked without harm, such as a further
 * field, needs none. Pure.
 */
import { TslxcError } from '../../errors';

/** The format in which this version writes records, and the newest that it can read. Records of versions before this one have none. */
export const recordFormat = 1;

/** The record as it is written. */
export function withFormat(record: object): object {
  return { ...record, format: recordFormat };
}

/**
 * The record as it was before it was written, if it is in a format that this version knows: the same object, without the format.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED, with the `path`.
 */
export function inKnownFormat<T>(path: string, record: T): T {
  if (typeof record !== 'object' || record === null || !('format' in record)) return record;
  const { format } = record;
  if (typeof format === 'number' && format <= recordFormat) {
    delete (record as { format?: unknown }).format;
    return record;
  }
  throw newerRecord(path, `in format ${String(format)}, and this version knows ${recordFormat}`);
}

/** The error for a record with something that only a newer version of the package knows; `what` says what that is. */
export function newerRecord(path: string, what: string): TslxcError {
  const detail = `${path} was written by a newer version of tslxc, ${what}: use that version`;
  return new TslxcError('OPERATION_UNSUPPORTED', detail, { path });
}

/** Whether a read of a record has failed because only a newer version knows it. */
export function isNewer(error: unknown): error is TslxcError {
  return TslxcError.is(error, 'OPERATION_UNSUPPORTED') && error.path !== undefined;
}
