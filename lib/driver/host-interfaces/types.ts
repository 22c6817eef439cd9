/** What is told of network interfaces of the host, and what is asked of them. */

/** A network interface of the host. */
export interface HostInterfaceInfo {
  readonly name: string;
  /** In lower case; missing for an interface without an Ethernet address. */
  readonly mac?: string;
  /** Whether the kernel calls it up. */
  readonly active: boolean;
  /** What the kernel calls it: `up`, `down`, `unknown`, `dormant`, `lowerlayerdown`, `testing` or `notpresent`. */
  readonly operationalState: string;
}

export interface HostInterfaceFilter {
  /** All by default. */
  readonly state?: 'active' | 'inactive';
}
