/** The addresses of a running container, from its network namespace, DHCP leases or the host's neighbour table. */
import { initHasEnded } from '../../container/init/ended-init';
import type { NetworkView } from '../../container/interfaces/network-view';
import type { LinkRecord } from '../../container/record/run-state';
import { TslxcError } from '../../errors';
import type { Neighbour } from '../../host/native';
import { requireRunning, type RunningState } from '../definitions/definitions';
import type { Lease } from '../../network/dnsmasq/leases';
import type { AddressSource, DomainAddress } from './types';
import { currentState } from '../lookup/lookup';
import { networkLeases } from '../networks/inspect';
import { findNetworkByName } from '../networks/lookup';
import type { Session } from '../session/session';
import type { Identity } from '../../host/state/definitions/definition-store';

/** An address without its interface. */
type PlainAddress = Pick<DomainAddress, 'family' | 'address' | 'prefix'>;

/** States of neighbours that have answered (rtnetlink(7), NUD_*). */
const knownStates = ['permanent', 'reachable', 'stale', 'delay', 'probe'];

/**
 * By interface, in the order of the start's records; with `inside`, in the kernel's order.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs; ARGUMENT_UNSUPPORTED for another source; NO_NETWORK with
 * `lease`, for a network that is gone.
 */
export async function domainAddresses(
  session: Session,
  identity: Identity,
  source: AddressSource,
): Promise<DomainAddress[]> {
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  switch (source) {
    case 'lease':
      return leasedAddresses(session, state);
    case 'arp':
      return neighbourAddresses(await session.containers.network.hostNeighbours(), state);
    case 'inside':
      return addressesInside(session, state, identity);
    default:
      throw unknownSource(source);
  }
}

/** In the words of libvirt, which prints sources as numbers; `agent`, its guest agent, is 1. */
function unknownSource(source: string): TslxcError {
  const word = source === 'agent' ? '1' : `'${source}'`;
  return new TslxcError('ARGUMENT_UNSUPPORTED', `Unknown IP address data source ${word}`);
}

/** Those that the definition gives, as in a container from an image, and then those of DHCP. */
async function leasedAddresses(
  session: Session,
  { start: { links = [] } }: RunningState,
): Promise<DomainAddress[]> {
  const found = await Promise.all(
    links.map(async (link) => {
      const { network, mac, addresses = [] } = link;
      const leases = network === undefined ? [] : await leasesOf(session, network, mac);
      const isGiven = ({ address }: PlainAddress): boolean =>
        addresses.some((given) => given.address === address);
      const known = [...addresses, ...leases.filter((lease) => !isGiven(lease))];
      return known.map((one) => onLink(link, one));
    }),
  );
  return found.flat();
}

/** Leases of the network that has this name now: a container's record knows its networks only by name. */
export async function leasesOf(session: Session, network: string, mac: string): Promise<Lease[]> {
  return networkLeases(session, await findNetworkByName(session, network), mac);
}

function neighbourAddresses(
  neighbours: readonly Neighbour[],
  { start: { links = [] } }: RunningState,
): DomainAddress[] {
  const known = neighbours.filter(({ state }) => knownStates.includes(state));
  return links.flatMap((link) =>
    known
      .filter(({ mac }) => mac !== '' && mac === link.mac)
      .map(({ address }) =>
        onLink(link, { family: address.includes(':') ? 'ipv6' : 'ipv4', address }),
      ),
  );
}

function onLink(
  { host, guest, mac }: LinkRecord,
  { family, address, prefix }: PlainAddress,
): DomainAddress {
  const size = prefix === undefined ? {} : { prefix };
  return { family, address, ...size, interface: host ?? guest, mac };
}

async function addressesInside(
  session: Session,
  { running }: RunningState,
  identity: Identity,
): Promise<DomainAddress[]> {
  const view = await session.containers.network.networkInside(running);
  if (view !== undefined) return view.links.flatMap((link) => ofLink(link, view.addresses));
  const { containers, paths } = session;
  throw initHasEnded(containers.readRunState(paths, identity.name), identity.name);
}

const noMac = ['', '00:00:00:00:00:00'];

function ofLink(
  { index, name, address: mac }: NetworkView['links'][number],
  all: NetworkView['addresses'],
): DomainAddress[] {
  const of = { interface: name, ...(noMac.includes(mac) ? {} : { mac }) };
  return all
    .filter((one) => one.index === index)
    .map(({ family, address, prefix }) => ({ family, address, prefix, ...of }));
}
