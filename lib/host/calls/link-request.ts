/** Network interfaces that the addon makes: RTM_NEWLINK. */

export type LinkRequest =
  /** A pair. The peer is made in `peerNamespace`: a descriptor of a network namespace, or -1 for this one. */
  | Readonly<{
      kind: 'veth';
      name: string;
      address?: string;
      peer: string;
      peerAddress?: string;
      peerNamespace: number;
      mtu?: number;
    }>
  /**
   * `forwardDelay` in hundredths of a second; `vlanFiltering` is needed for VLANs of ports. `learnedAddresses` is how many
   * addresses the bridge learns at most; a kernel before 6.7 has no such limit, and ignores it.
   */
  | Readonly<{
      kind: 'bridge';
      name: string;
      address?: string;
      stp?: boolean;
      forwardDelay?: number;
      vlanFiltering?: boolean;
      learnedAddresses?: number;
      mtu?: number;
    }>
  | Readonly<{
      kind: 'macvlan';
      name: string;
      address?: string;
      lower: string;
      mode: 'private' | 'vepa' | 'bridge' | 'passthru';
      mtu?: number;
    }>;
