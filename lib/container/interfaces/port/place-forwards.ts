/** Puts the forwarded ports of an interface in place: first the claim on the ports, then the rules. */
import { TslxcError } from '../../../errors';
import { loadNft } from '../../../host/kernel/nftables';
import { writeNetworkParameter } from '../../../host/kernel/sysctl';
import { claimPorts, type PortOwner } from './claim-ports';
import { forwardRules, type LinkForwards } from './forward-rules';

export interface Placing {
  readonly owner: PortOwner;
  /** The address that DHCP will give. */
  readonly leased: string | undefined;
}

/**
 * Replaces the forwarded ports that the interface has; they stay when this fails.
 *
 * @throws DefinitionError RESOURCE_BUSY for a port that another interface of this host has; TslxcError OPERATION_UNSUPPORTED without
 * the program nft, OPERATION_FAILED with what it says, and when there is no address.
 */
export async function placeForwards(link: LinkForwards, { owner, leased }: Placing): Promise<void> {
  const targets = { ...(leased === undefined ? {} : { ipv4: leased }), ...link.targets };
  if (Object.keys(targets).length === 0) {
    const detail = `DHCP has no address left that ports could lead to, for the interface ${link.host}`;
    throw new TslxcError('OPERATION_FAILED', detail, { step: 'forward ports' });
  }
  const claimed = await claimPorts(link, owner);
  try {
    await loadNft(
      forwardRules({ ...link, targets }),
      `forward the ports of the interface ${link.host}`,
    );
  } catch (error) {
    claimed.putBack();
    throw error;
  }
  claimed.keep();
  // The rules of the network drop what containers send to the loopback addresses.
  if (link.loopback === 'led-out') {
    writeNetworkParameter(`ipv4/conf/${link.bridge}/route_localnet`, '1');
  }
}
