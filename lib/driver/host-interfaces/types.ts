/** What is told of network interfaces of the host, and what is asked of them. */

/** A network interface of the host. */
export interface HostInterfaceInfo {
  /** As the kernel has it, such as `eth0`. */
  readonly name: string;
  /** In lower case; missing for an interface without an Ethernet address. */
  readonly mac?: string;
  /** Whether the kernel calls it up. */
  readonly active: boolean;
  /** What the kernel calls it: `up`, `down`, `unknown`, `dormant`, `lowerlayerdown`, `testing` or `notpresent`. */
  readonly operationalState: string;
}
