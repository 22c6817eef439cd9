/** The state of parsing one network. */
import type { ReadingSession } from '../../domain/xml/reading';
import type { UnknownWords } from '../../domain/xml/unsupported';
import type { Ip } from '../../domain/interface/ip-address';

/** What `parseNetwork` needs besides the text. */
export interface NetworkParseContext {
  /** Makes a random uuid; called if the text has none. */
  readonly newUuid: () => string;
  /** Makes a random address for the bridge, in canonical form; called if the text has none. */
  readonly newMac: () => string;
  /**
   * `refused`: a word that libvirt's schema does not know is an error, as in a stored file, where it must come from a newer version.
   * Otherwise, the word is left out.
   */
  readonly unknown?: UnknownWords;
}

/** The state of one call of `parseNetwork`. */
export interface NetworkSession extends ReadingSession {
  readonly context: NetworkParseContext;
  /** The network's name, with which libvirt's messages end. */
  readonly network: string;
}

/** The `<ip>` whose content is parsed. */
export interface Subnet {
  readonly session: NetworkSession;
  /** Name of the network. */
  readonly network: string;
  /** Address of the bridge. */
  readonly ip: Ip;
  readonly prefix: number;
}
