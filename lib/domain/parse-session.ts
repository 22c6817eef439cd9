/** The state of parsing one domain. */
import type { PortIds } from './interface/port/port-ids';
import type { ReadingSession } from './xml/reading';

/** What `parseDomain` has to know besides the text. */
export interface ParseContext {
  /** The host's architecture, as `uname -m` prints it. */
  readonly arch: string;
  /** Path of the monitor's executable: the default `<emulator>`. */
  readonly emulator: string;
  /** Makes a random uuid; called if the text has none. */
  readonly newUuid: () => string;
  /** Makes a random Ethernet address with libvirt's prefix; called for each interface without one. */
  readonly newMac: () => string;
  /** Makes an id of a port of a switch; called for each interface whose `<virtualport>` has none. */
  readonly portId: PortIds;
  /** The host's security model; asked for a `<seclabel type='none'/>` that names none, which stays so without it. */
  readonly hostModel?: () => string;
  /**
   * `refused`: a word that libvirt's schema does not know is an error, as in a stored file, where it is one of a newer version.
   * Default: it is left out.
   */
  readonly unknown?: 'refused';
}

/** The state of one call of `parseDomain`. */
export interface ParseSession extends ReadingSession {
  readonly context: ParseContext;
}
