/** What the reading of one network carries along. */
import type { ReadingSession } from '../../domain/xml/reading';
import type { Ip } from '../../domain/interface/ip-address';

/** What `parseNetwork` has to know about the world. */
export interface NetworkParseContext {
  /** A random uuid, asked for when the text has none. */
  readonly newUuid: () => string;
  /** A random address for the bridge, asked for when the text has none; canonical, as of macFromBytes. */
  readonly newMac: () => string;
}

/** One run of `parseNetwork`. */
export interface NetworkSession extends ReadingSession {
  readonly context: NetworkParseContext;
  /** The network's name, which libvirt's words end with. */
  readonly network: string;
}

/** The `<ip>` whose content is parsed. */
export interface Subnet {
  /** Name of the network. */
  readonly network: string;
  /** Address of the bridge. */
  readonly ip: Ip;
  readonly prefix: number;
}
