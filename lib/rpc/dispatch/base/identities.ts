/** Domains and networks as clients name them, and as the library does. */
import { TslxcError } from '../../../errors';
import type { SeenDomain } from '../../../driver/connection';
import type { Domain } from '../../../driver/domain';
import type { Network } from '../../../driver/network';
import type { WireDomain, WireNetwork } from '../../protocol/values';
import type { Call } from './call';
import { uuidBytes, uuidText } from './uuid';

/** What is told of a domain that need not be asked for anything. */
type NamedDomain = Pick<Domain, 'name' | 'uuid'>;

/** The id of a domain that does not run. */
const noId = -1;

/** A domain for a client, with the id that it has now. */
export function wireDomain(domain: NamedDomain & Pick<Domain, 'id'>): WireDomain {
  return wireSeen({ domain, id: domain.id });
}

/** The same with the id that the domain had when the list was made: a list looks at all domains at once. */
export function wireSeen({
  domain,
  id = noId,
}: Pick<SeenDomain, 'id'> & { readonly domain: NamedDomain }): WireDomain {
  return { name: domain.name, uuid: uuidBytes(domain.uuid), id };
}

export function wireNetwork({ name, uuid }: Network): WireNetwork {
  return { name, uuid: uuidBytes(uuid) };
}

/**
 * Runs `action` on the domain that a client names. As in libvirt, the uuid identifies it, even if it has another name by now.
 *
 * @throws TslxcError NO_DOMAIN; whatever `action` rejects with.
 */
export async function withDomain<Result>(
  call: Call,
  named: WireDomain,
  action: (domain: Domain) => Promise<Result>,
): Promise<Result> {
  const connection = call.client.connection();
  const uuid = uuidText(named.uuid);
  const domain = connection.domainOf({ name: named.name, uuid });
  try {
    return await action(domain);
  } catch (error) {
    if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
    const renamed = await found(() => connection.lookupDomainByUuid(uuid));
    if (renamed === undefined || renamed.name === named.name) throw error;
    return action(renamed);
  }
}

/** @throws TslxcError NO_NETWORK in libvirt's words; whatever `action` rejects with. */
export async function withNetwork<Result>(
  call: Call,
  named: WireNetwork,
  action: (network: Network) => Promise<Result>,
): Promise<Result> {
  const uuid = uuidText(named.uuid);
  const network = await found(() => call.client.connection().lookupNetworkByUuid(uuid));
  if (network === undefined) {
    const detail = `no network with matching uuid '${uuid}' (${named.name})`;
    throw new TslxcError('NO_NETWORK', detail);
  }
  return action(network);
}

/** The result of `look`; undefined if there is no such domain or network. */
async function found<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (TslxcError.is(error, 'NO_DOMAIN') || TslxcError.is(error, 'NO_NETWORK')) return undefined;
    throw error;
  }
}
