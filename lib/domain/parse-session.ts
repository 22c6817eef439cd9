/** What the parsing of one domain carries along. */
import type { ReadingSession } from './xml/reading';

/** What `parseDomain` has to know about the world. */
export interface ParseContext {
  /** The host's architecture, as `uname -m` gives it. */
  readonly arch: string;
  /** Path of the monitor's executable: the default `<emulator>`. */
  readonly emulator: string;
  /** A random uuid, asked for when the text has none. */
  readonly newUuid: () => string;
  /** A random Ethernet address with libvirt's prefix, asked for when an interface has none. */
  readonly newMac: () => string;
}

/** One run of `parseDomain`. */
export interface ParseSession extends ReadingSession {
  readonly context: ParseContext;
}
