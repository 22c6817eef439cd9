/** Types of the table of intended differences, for the tests. */

export interface IntendedDifference {
  readonly id: string;
  readonly aspect: 'definition' | 'start' | 'inside';
  readonly documents: RegExp;
  readonly lines: RegExp;
  readonly here: string;
  readonly libvirt: string;
  readonly reason: string;
}

export declare const intendedDifferences: readonly IntendedDifference[];
