/** The state of parsing one domain. */
import type { PortIds } from './interface/port/port-ids';
import type { ReadingSession } from './xml/reading';
import type { UnknownWords } from './xml/unsupported';

/** What `parseDomain` needs besides the text. */
export interface ParseContext {
  /** The host's architecture, as `uname -m` prints it. */
  readonly arch: string;
  /** Path of the monitor's executable: the default `<emulator>`. */
  readonly emulator: string;
  /** Makes a random uuid; called if the text has none. */
  readonly newUuid: () => string;
  /** Makes a random Ethernet address with libvirt's prefix; called for each interface without one. */
  readonly newMac: () => string;
  /** Makes the id of a switch port; called for each interface whose `<virtualport>` has none. */
  readonly portId: PortIds;
  /** Returns the host's security model, for a `<seclabel type='none'/>` without a model. If missing, the label stays without one. */
  readonly hostModel?: () => string;
  /**
   * `refused`: a word that libvirt's schema does not know is an error, as in a stored file, where it must come from a newer version.
   * Otherwise, the word is left out.
   */
  readonly unknown?: UnknownWords;
}

/** The state of one call of `parseDomain`. */
export interface ParseSession extends ReadingSession {
  readonly context: ParseContext;
}
