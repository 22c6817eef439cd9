/** Procedures that open a stream, and those of the program for containers. */
import { uint } from '../xdr/codec';
import { writes } from './procedure';
import { domain, maybeText } from './values';

export const streamProcedures = {
  DomainOpenConsole: writes(201, { takes: { domain, device: maybeText, flags: uint } }),
} as const;

/** Of the program `lxc`. Its answer brings descriptors. */
export const lxcProcedures = {
  DomainLxcOpenNamespace: writes(1, { takes: { domain, flags: uint } }),
} as const;
