/** The subnet of one `<ip>`, while what stands inside it is read. */
import type { Ip } from '../../domain/interface/ip-address';

export interface Subnet {
  /** Name of the network. */
  readonly network: string;
  /** Address of the bridge. */
  readonly ip: Ip;
  readonly prefix: number;
}
