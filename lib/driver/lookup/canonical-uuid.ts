/** A uuid as callers write it, in the form in which it is stored. Pure. */
import { TslxcError } from '../../errors';

/** Dashes and blanks between bytes are ignored, as in libvirt. @throws TslxcError INVALID_ARG. */
export function canonicalUuid(uuid: string): string {
  if (uuid.length > 128 || !/^(?:[- ]*[0-9a-f]{2}){16}$/i.test(uuid)) {
    throw new TslxcError('INVALID_ARG', `'${uuid}' is not a uuid`);
  }
  const digits = uuid.replace(/[- ]/g, '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
