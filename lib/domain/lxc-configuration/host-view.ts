/** What the conversion of an LXC configuration needs to know about the host. It is looked up before (`lookups.ts`). */
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
  /** What is at each path that was looked up. A path that is not in the map does not exist on the host. */
  readonly paths: ReadonlyMap<string, PathState>;
  /** The device nodes in each directory below /dev that was looked up. */
  readonly devicesIn: ReadonlyMap<string, readonly DeviceNode[]>;
  /** Paths of device nodes by type and numbers: `c 10:200`. */
  readonly deviceNames: ReadonlyMap<string, string>;
  /** The first address of an interface of the host, by family and name: `ipv4 br0`. */
  readonly addresses: ReadonlyMap<`${IpFamily} ${string}`, string>;
  /** A random number from 0 to 15, for Ethernet addresses of which the configuration leaves digits open. */
  readonly randomDigit: () => number;
}
