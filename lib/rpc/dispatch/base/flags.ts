/** Checks the flags of calls, and reads those that many calls have. */
import { affects } from '../../protocol/numbers';
import { UnknownFlags } from './wire-error';

/** @throws UnknownFlags in libvirt's words for a flag that `driverFunction` does not know. */
export function checkFlags(flags: number, known: number, driverFunction: string): void {
  // As unsigned numbers: the highest bit is one of them.
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) throw new UnknownFlags(unknown, driverFunction);
}

export function hasFlag(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

type Which = 'live' | 'inactive' | 'both';

/**
 * Which definition the two flags select. With neither, `which` is absent: the running definition, or the stored one if the domain
 * or network is inactive.
 */
export function whichOf(flags: number): { readonly which?: Which } {
  const live = hasFlag(flags, affects.live);
  const config = hasFlag(flags, affects.config);
  if (live && config) return { which: 'both' };
  if (live) return { which: 'live' };
  return config ? { which: 'inactive' } : {};
}

export const bothAffects = affects.live | affects.config;

/** The client takes texts as typed parameters. */
export const textsOkay = 4;
