/**
 * Keeps two running containers of a root from having one address on one bridge, as after a clone by hand or an import: the second start
 * is refused. An address counts as soon as it is on record; the lock of the bridge is held from the look until then, and no longer: a
 * start may take as long as its file systems do, and the hooks of an attached interface may start another container.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { definitionError } from '../../domain/xml/source-location';
import { takeLock } from '../../host/state/named-lock';
import { namesOf } from '../../network/dnsmasq/names';
import type { Port } from '../../plan/network/links';
import type { Recording } from '../../container/record/recording';
import type { LinkRecord } from '../../container/record/run-state';
import { readableStates } from '../lookup/readable-state';
import type { Session } from '../session/session';

/** Interfaces of a domain, and where each of them is plugged in, in the same order. */
interface Plugged {
  readonly definition: Pick<DomainDefinition, 'name' | 'interfaces'>;
  readonly ports: readonly Port[];
}

/** An interface whose definition gives it addresses on a bridge. */
interface Wanted {
  readonly bridge: string;
  readonly item: InterfaceDefinition;
}

/** Records the addresses if no other running container has one of them. It throws a DefinitionError RESOURCE_BUSY, with the domain that has one. */
export function ownAddresses(session: Session, plugged: Plugged): Recording {
  return (record) => recordOwn(session, plugged, record);
}

async function recordOwn(
  session: Session,
  { definition, ports }: Plugged,
  record: () => void,
): Promise<void> {
  const wanted = definition.interfaces.flatMap((item, index) => wantedOf(item, ports[index]));
  if (wanted.length === 0) {
    record();
    return;
  }
  const locks: Disposable[] = [];
  try {
    // Sorted, so that two starts never wait for each other.
    for (const bridge of [...new Set(wanted.map((one) => one.bridge))].sort()) {
      const lock = { name: `addresses:${bridge}`, step: 'look at the addresses of a bridge' };
      locks.push(await takeLock(session.paths, lock));
    }
    for (const one of wanted) await refuseIfTaken(session, definition.name, one);
    record();
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

/** With a VLAN it is in a network of its own. */
function wantedOf(item: InterfaceDefinition, port: Port | undefined): Wanted[] {
  if (port?.kind !== 'bridge' || item.addresses.length === 0) return [];
  return (item.vlan ?? port.vlan) === undefined ? [{ bridge: port.bridge, item }] : [];
}

async function refuseIfTaken(
  session: Session,
  name: string,
  { bridge, item }: Wanted,
): Promise<void> {
  for (const [other, state] of await readableStates(session)) {
    if (other === name || (state.phase !== 'running' && state.phase !== 'starting')) continue;
    for (const link of state.start.links ?? []) {
      if (link.bridge !== bridge) continue;
      const theirs = addressesOf(session, bridge, link);
      const taken = item.addresses.find(({ address }) => theirs.includes(address));
      if (taken === undefined) continue;
      const detail = `the address ${taken.address} on the bridge '${bridge}' is that of domain '${other}', which runs: give this one another`;
      const place = { path: 'domain/devices/interface', position: item.position };
      throw definitionError('RESOURCE_BUSY', detail, place);
    }
  }
}

/** Those of its definition, and the one that DHCP gives it. */
function addressesOf(session: Session, bridge: string, { mac, addresses = [] }: LinkRecord) {
  const leased = session.containers.forwards.leased({ folder: namesOf(bridge), mac });
  const own = addresses.map(({ address }) => address);
  return leased === undefined ? own : [...own, leased];
}
