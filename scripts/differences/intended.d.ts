/** Types of the table of intended differences, for the tests. */

/** What is compared. */
export type Aspect =
  | 'definition'
  | 'start'
  | 'environment'
  | 'process'
  | 'capabilities'
  | 'mounts'
  | 'devices'
  | 'limits'
  | 'network';

/** A place where a difference is seen. */
export interface Shown {
  readonly aspect: Aspect;
  /** The names of the documents that show it. */
  readonly documents: RegExp;
  /** The lines that differ by it. */
  readonly lines: RegExp;
  /**
   * What tells it in a document whose name says nothing, since it was drawn: a line that differs, with `-` before what libvirt has and
   * `+` before what there is here, or `refused here: WORDS` or `refused by libvirt: WORDS`.
   */
  readonly anywhere?: RegExp;
  /** The hosts that show it, when there are others. */
  readonly where?: string;
}

/** One reason to differ. */
export interface IntendedDifference {
  readonly id: string;
  readonly shows: readonly Shown[];
  /** What there is here. */
  readonly here: string;
  /** What there is in libvirt. */
  readonly libvirt: string;
  /** Why that is better for the user. */
  readonly reason: string;
  /** Of a start that is refused here: libvirt ignores what would be dangerous to ignore. */
  readonly isDangerous?: boolean;
}

export declare const intendedDifferences: readonly IntendedDifference[];
