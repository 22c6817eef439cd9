/** The filter of an interface on this host: decided, put in place before its link is made, and removed after it has gone. */
import type { InterfaceDefinition } from '../../../domain/interface/definition';
import { learningOf, needsAddresses } from '../../../domain/interface/port/filter';
import { definitionError } from '../../../domain/xml/source-location';
import { TslxcError } from '../../../errors';
import { hasTable, loadNft } from '../../../host/kernel/nftables';
import { filterRules, filterTable, noFilterRules } from './filter-rules';
import type { FilteredLink, LinkFilter } from './filter-rules';

/** What is known of a link: its name on the host, and the addresses that its network keeps for it. */
export interface FilteredPort {
  readonly host: string;
  readonly reserved: readonly string[];
}

/**
 * The filter, with the addresses of its parameters, or else those of `<ip>`, or else those that the network reserves
 * for the interface, or else the first that it uses. Undefined for an interface without a filter.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED when no address is known, and learning one is turned off or left to DHCP
 * alone.
 */
export function linkFilter(
  { mac, addresses, filter: asked }: InterfaceDefinition,
  { host, reserved }: FilteredPort,
): LinkFilter | undefined {
  if (asked === undefined) return undefined;
  const { filter } = asked;
  if (!needsAddresses(asked)) return { host, mac, filter, addresses: [] };
  const given = asked.parameters.flatMap(({ name, value }) => (name === 'IP' ? [value] : []));
  const own = addresses.flatMap(({ family, address }) => (family === 'ipv4' ? [address] : []));
  const known = [given, own, reserved].find((list) => list.length > 0);
  if (known !== undefined) return { host, mac, filter, addresses: known };
  const learning = learningOf(asked);
  if (learning === 'any') return { host, mac, filter, addresses: 'first' };
  const why = learning === 'none' ? '' : ', and is not found out by DHCP';
  const remedy =
    "give <parameter name='IP' value='…'/>, an <ip>, or a <host> of the network's DHCP";
  throw definitionError(
    'CONFIG_UNSUPPORTED',
    `the filter '${filter}' needs the address of the interface, which is not known${why}: ${remedy}`,
    { path: 'domain/devices/interface/filterref', position: asked.position },
  );
}

/** @throws TslxcError OPERATION_UNSUPPORTED without the program nft, OPERATION_FAILED with what it says. */
export async function placeFilter(filter: LinkFilter): Promise<void> {
  await loadNft(filterRules(filter), `put the filter of the interface ${filter.host} in place`);
}

/**
 * Does nothing when the filter is not there, as on a kernel that has no such rules and has refused them. Without the
 * program nft there never was a filter.
 */
export async function removeFilter(link: FilteredLink): Promise<void> {
  const step = `remove the filter of the interface ${link.host}`;
  try {
    if (await hasTable('bridge', filterTable(link), step)) await loadNft(noFilterRules(link), step);
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
  }
}
