/**
 * Keeps two running containers of a root from having one address or one MAC address on one bridge, as after a clone by hand or an
 * import, and from being promised more than all of a network's rate: the second start is refused. What one has counts as soon as it is
 * on record, before its monitor and its interfaces are there; the lock of the bridge is held from the look until then, and no longer: a
 * start may take as long as its file systems do, and the hooks of an attached interface may start another container.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { definitionError } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { takeLock } from '../../host/state/named-lock';
import { namesOf } from '../../network/dnsmasq/names';
import type { Port } from '../../plan/network/links';
import type { Recording } from '../../container/record/recording';
import type { LinkRecord } from '../../container/record/run-state';
import { standingStarts } from '../lookup/readable-state';
import type { Session } from '../session/session';
import { checkFloors } from './shaping';

const interfaceElement = 'domain/devices/interface';

/** Interfaces of a domain, and where each of them is plugged in, in the same order. */
interface Plugged {
  readonly definition: Pick<DomainDefinition, 'name' | 'interfaces'>;
  readonly ports: readonly Port[];
}

/** An interface that becomes a port of a bridge. */
interface Wanted {
  readonly item: InterfaceDefinition;
  readonly port: Port & { readonly kind: 'bridge' };
}

/**
 * Records the addresses if no other container that runs, or is being started, has one of them. It throws a DefinitionError
 * RESOURCE_BUSY, with the domain that has one, and as `checkFloors`.
 */
export function ownAddresses(session: Session, plugged: Plugged): Recording {
  return (record) => recordOwn(session, plugged, record);
}

async function recordOwn(session: Session, plugged: Plugged, record: () => void): Promise<void> {
  const { definition, ports } = plugged;
  const wanted = definition.interfaces.flatMap((item, index) => wantedOf(item, ports[index]));
  if (wanted.length === 0) {
    record();
    return;
  }
  const locks: Disposable[] = [];
  try {
    // Sorted, so that two starts never wait for each other.
    for (const bridge of [...new Set(wanted.map(({ port }) => port.bridge))].sort()) {
      const lock = { name: `addresses:${bridge}`, step: 'look at the addresses of a bridge' };
      locks.push(await takeLock(session.paths, lock));
    }
    const taken = await takenOf(session, definition.name, wanted);
    if (taken !== undefined) throw taken;
    await checkFloors(session, plugged);
    record();
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

function wantedOf(item: InterfaceDefinition, port: Port | undefined): Wanted[] {
  return port?.kind === 'bridge' ? [{ item, port }] : [];
}

/**
 * The error of a start, with the name of the container of this root that has what the error says is in use on a bridge: one that has
 * become a port of it before this start looked. Any other error is returned as it is.
 */
export async function namingAddressHolder(
  session: Session,
  { definition, ports }: Plugged,
  error: unknown,
): Promise<unknown> {
  if (!TslxcError.is(error, 'CONFIG_UNSUPPORTED') || error.element !== interfaceElement) {
    return error;
  }
  const wanted = definition.interfaces.flatMap((item, index) => wantedOf(item, ports[index]));
  return (await takenOf(session, definition.name, wanted)) ?? error;
}

/** What says that another container has something of these. */
async function takenOf(
  session: Session,
  name: string,
  wanted: readonly Wanted[],
): Promise<TslxcError | undefined> {
  for (const [other, { links = [] }] of await standingStarts(session)) {
    if (other === name) continue;
    for (const { item, port } of wanted) {
      for (const link of links) {
        const taken =
          link.bridge === port.bridge ? shared(session, { item, port }, link) : undefined;
        if (taken === undefined) continue;
        const detail = `${taken} on the bridge '${port.bridge}' is that of domain '${other}', which runs: give this one another`;
        const place = { path: interfaceElement, position: item.position };
        return definitionError('RESOURCE_BUSY', detail, place);
      }
    }
  }
  return undefined;
}

/** What both would have. */
function shared(session: Session, { item, port }: Wanted, link: LinkRecord): string | undefined {
  // A switch tells apart what its VLANs keep apart; a bridge of the kernel is not asked to.
  if (port.virtualPort === undefined && link.mac === item.mac) {
    return `the MAC address ${item.mac}`;
  }
  // With a VLAN it is in a network of its own.
  if (item.addresses.length === 0 || (item.vlan ?? port.vlan) !== undefined) return undefined;
  const theirs = addressesOf(session, port.bridge, link);
  const taken = item.addresses.find(({ address }) => theirs.includes(address));
  return taken && `the address ${taken.address}`;
}

/** Those of its definition, and the one that DHCP gives it. */
function addressesOf(session: Session, bridge: string, { mac, addresses = [] }: LinkRecord) {
  const leased = session.containers.forwards.leased({ folder: namesOf(bridge), mac });
  const own = addresses.map(({ address }) => address);
  return leased === undefined ? own : [...own, leased];
}
