/** Types of the table of intended differences, for the tests. */

export interface IntendedDifference {
  readonly id: string;
  readonly aspect:
    | 'definition'
    | 'start'
    | 'environment'
    | 'process'
    | 'capabilities'
    | 'mounts'
    | 'devices'
    | 'limits'
    | 'network';
  readonly documents: RegExp;
  readonly lines: RegExp;
  readonly here: string;
  readonly libvirt: string;
  readonly reason: string;
  readonly refused?: 'dangerous to ignore' | 'not carried out yet';
  readonly where?: string;
}

export declare const intendedDifferences: readonly IntendedDifference[];
