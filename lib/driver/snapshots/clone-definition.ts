/** The definition of a clone: that of the original, except for name, uuid, paths and addresses, which have to be its own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { portId } from '../../container/interfaces/port-id';
import type { DomainDefinition } from '../../domain/definition';
import { withTreePaths } from '../../domain/filesystem/own-trees';
import { formatDomain } from '../../domain/format';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { macFromBytes } from '../../domain/interface/mac-address';
import { withUuid } from '../../domain/interface/port/port-ids';
import { withoutDots } from '../../domain/xml/path';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import { pathOf } from '../../shape/misfit';
import { freeAddress, networkAtHand } from '../images/free-addresses';
import { isInSubnet } from '../images/subnet';
import type { Session } from '../session/session';
import type { LiveTree } from './live-trees';
import type { CloneOptions } from './types';

/** The path for the copy of a tree. */
export interface TreePlace {
  readonly tree: LiveTree;
  readonly place: string;
}

/** @throws TslxcError INVALID_ARG for a path that is given for something that is not a tree. */
export function placesOf(
  { identity, trees }: { readonly identity: Identity; readonly trees: readonly LiveTree[] },
  name: string,
  { paths = {} }: Pick<CloneOptions, 'paths'>,
): TreePlace[] {
  const given = present(paths);
  for (const target of Object.keys(given)) {
    if (trees.some((tree) => tree.target === target)) continue;
    const detail = `domain '${identity.name}' has no tree of its own at '${target}'`;
    throw new TslxcError('INVALID_ARG', detail, { element: pathOf('options.paths', [target]) });
  }
  return trees.map((tree) => {
    const place = given[tree.target] ?? placeBeside(tree.folder, identity.name, name);
    return { tree, place: withoutDots(place) };
  });
}

/** Beside the original, and so on the same file system; by the new name if the original is named after its domain. */
function placeBeside(folder: string, former: string, name: string): string {
  const own = basename(folder);
  return join(dirname(folder), own === former ? name : `${own}-${name}`);
}

/** With another name, uuid and paths, and other addresses of interfaces, without the names that the original gives these on the host. */
export async function renewed(
  session: Session,
  definition: DomainDefinition,
  { name, copies }: { readonly name: string; readonly copies: readonly TreePlace[] },
): Promise<DomainDefinition> {
  const paths = new Map(copies.map(({ tree, place }) => [tree.target, place]));
  const used = new Set(await session.store.addresses({ except: name }));
  const interfaces: InterfaceDefinition[] = [];
  for (const one of definition.interfaces) {
    const item = withOwnMac(one, used);
    interfaces.push(await withOwnAddresses(session, item, addressesOf(interfaces)));
  }
  const own = { ...withTreePaths(definition, paths), name, interfaces };
  // Parsed as it will be when it is stored: a text that can't be a name is refused.
  return session.parse(formatDomain(withUuid(own, randomUUID(), portId))).definition;
}

function withOwnMac(item: InterfaceDefinition, used: Set<string>): InterfaceDefinition {
  const { targetDevice: _ofOriginal, ...rest } = item;
  let mac = macFromBytes(randomBytes(3));
  while (used.has(mac)) mac = macFromBytes(randomBytes(3));
  used.add(mac);
  return { ...rest, mac };
}

/**
 * With addresses of its own in the subnets of its virtual network; `taken` are those of the clone's other interfaces. Any other address
 * stays: nothing says which else could be had there.
 */
async function withOwnAddresses(
  session: Session,
  item: InterfaceDefinition,
  taken: readonly string[],
): Promise<InterfaceDefinition> {
  if (item.type !== 'network' || item.addresses.length === 0) return item;
  const network = await networkAtHand(session, item.network);
  if (network === undefined) return item;
  const chosen: string[] = [];
  const addresses = item.addresses.map((old) => {
    const ip = network.ips.find((one) => isInSubnet(old, one));
    const choice = { mac: item.mac, taken: [...taken, ...chosen] };
    const own = ip === undefined ? undefined : freeAddress(session, network, { ip, choice });
    const [address = old.address] = own?.split('/') ?? [];
    chosen.push(address);
    return { ...old, address };
  });
  return { ...item, addresses };
}

function addressesOf(interfaces: readonly InterfaceDefinition[]): string[] {
  return interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address));
}
