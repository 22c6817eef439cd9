/** Lines for virsh that both daemons are given one after the other, and what is known to differ in what comes of them. */

/** A line, in which `@` stands for the folder of the documents (documents.ts). */
export type Line = string | AskedLine;

export interface AskedLine {
  readonly line: string;
  /** Given again until its output has this, which takes a moment. */
  readonly until?: RegExp;
  /** For a line that only makes the hosts alike: nothing of what comes of it is compared. */
  readonly isCompared?: false;
}

/** A difference that is no fault. */
export interface KnownDifference {
  readonly id: string;
  /** The lines for virsh that show it: at least one of them has to. */
  readonly lines: RegExp;
  /** What differs by it, in a transcript (said.ts) of either side. */
  readonly says: RegExp;
  readonly reason: string;
  /** What docs/differences-from-libvirt.md or docs/libvirt-clients.md says of it, word for word. */
  readonly documented?: string;
}

/** A sequence of lines for two hosts that are new. */
export interface Walk {
  readonly about: string;
  readonly lines: readonly Line[];
  readonly known: readonly KnownDifference[];
}

export function askedLine(line: Line): AskedLine {
  return typeof line === 'string' ? { line } : line;
}
