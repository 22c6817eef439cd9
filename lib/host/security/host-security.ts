/** Which security module labels containers on this host. */

export type SecurityModel = 'selinux' | 'apparmor' | 'none';

/** What labels containers on this host: see `Connection.securityModel`. */
export interface HostSecurity {
  /** `none`: nothing labels containers. */
  readonly model: SecurityModel;
  /** Domain of interpretation: libvirt has no other. */
  readonly doi: '0';
  /** Whether the module forbids, or only writes down what it would. Absent where each profile has its own mode. */
  readonly enforcing?: boolean;
  /** What the labels of containers are made from, when no definition says more. */
  readonly baseLabel?: string;
}
