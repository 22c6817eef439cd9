/** What the conversion of an LXC configuration has to know of the host. All of it is looked up before (`lookups.ts`). */
import type { IpFamily } from '../interface/ip-address';

export type FileKind = 'directory' | 'file' | 'block device' | 'character device' | 'other';

export interface DeviceNumbers {
  readonly major: number;
  readonly minor: number;
}

/** A device node of the host. */
export interface DeviceNode extends DeviceNumbers {
  readonly path: string;
  readonly type: 'c' | 'b';
}

export interface PathState extends DeviceNumbers {
  readonly kind: FileKind;
}

export interface HostView {
  /** `uname -m`. */
  readonly arch: string;
  /** KiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly securityModel: 'selinux' | 'apparmor' | 'none';
  /** What is at each path that was looked up; a path that is missing here is missing there. */
  readonly paths: ReadonlyMap<string, PathState>;
  /** The device nodes in each directory below /dev that was looked up. */
  readonly devicesIn: ReadonlyMap<string, readonly DeviceNode[]>;
  /** Paths of device nodes by type and numbers: `c 10:200`. */
  readonly deviceNames: ReadonlyMap<string, string>;
  /** The first address of an interface of the host, by family and name: `ipv4 br0`. */
  readonly addresses: ReadonlyMap<`${IpFamily} ${string}`, string>;
  /** A number from 0 to 15 by chance, for the addresses that a configuration leaves open. */
  readonly randomDigit: () => number;
}
