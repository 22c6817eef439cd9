/** A defect of libvirt's driver for containers, and the tests that show what is done here in its place. */

/** A file of tests, from the root of the package, and the titles of tests in it as they stand in the source. */
export type DefectTests = readonly [file: string, ...titles: string[]];

export interface LibvirtDefect {
  /** From 1, without a gap. */
  readonly number: number;
  /** What libvirt 11.3 does; a clause without a full stop. */
  readonly libvirt: string;
  /** What is done here. */
  readonly here: string;
  /** Each would fail if this did what libvirt does. Empty only with `remains`. */
  readonly tests: readonly DefectTests[];
  /** What of it is as in libvirt, and why. */
  readonly remains?: string;
}
