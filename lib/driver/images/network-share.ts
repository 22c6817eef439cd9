/** What a container from an image is given of its virtual network: a free address, the router, and the name server. */
import { randomBytes } from 'node:crypto';
import type { DhcpChoice } from '../../container/interfaces/port/dhcp-choice';
import { freeAddresses } from '../../container/interfaces/port/link-name';
import { macFromBytes } from '../../domain/interface/mac-address';
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { NetworkShare } from '../../image/network-device';
import { imagePaths } from '../../image/store/image-paths';
import { resolverPath, writeResolver } from '../../image/store/resolvers';
import type { NetworkDefinition, NetworkIp } from '../../network/definition/definition';
import { wantsDnsmasq } from '../../network/dnsmasq/config';
import { namesOf } from '../../network/dnsmasq/names';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { readNetworkState } from '../../network/lifecycle/state';
import { previewNetwork } from '../networks/preview';
import { isActive } from '../networks/settling';
import type { Session } from '../session/session';
import { hostRange, interfaceId } from './subnet';
import { definitionsOf } from './used-paths';

/**
 * Undefined for a network that gives no addresses, and for one that does not exist, which the start will report.
 *
 * @throws TslxcError OPERATION_FAILED when no address is left.
 */
export async function networkShare(
  session: Session,
  name: string,
): Promise<NetworkShare | undefined> {
  const definition = await networkOf(session, name);
  if (definition === undefined || definition.ips.length === 0) return undefined;
  const { ips, forward, dns } = definition;
  const mac = macFromBytes(randomBytes(3));
  const [ipv4, ipv6] = (['ipv4', 'ipv6'] as const).map((family) =>
    ips.find((ip) => ip.family === family),
  );
  const given = [
    ...(ipv4 === undefined ? [] : [ofIpv4(session, definition, { ip: ipv4, mac })]),
    ...(ipv6 === undefined || ipv6.prefix > 64 ? [] : [interfaceId(ipv6, mac)]),
  ];
  const routers = [ipv4, ipv6].flatMap((ip) => ip?.address ?? []);
  const answers = wantsDnsmasq(definition) && dns.enabled !== false;
  const [server] = routers;
  return {
    mac,
    addresses: given,
    routers: forward.mode === 'none' ? [] : routers,
    ...(answers && server !== undefined ? { resolver: await resolver(session, server) } : {}),
  };
}

/** The network as a start would bring it up, as it runs, or as it is stored. */
async function networkOf(session: Session, name: string): Promise<NetworkDefinition | undefined> {
  const state = readNetworkState(session.paths, name);
  const previewed = await previewNetwork(session, name, state);
  if (previewed !== undefined) return previewed;
  return isActive(state) ? runningDefinition(state.record) : session.networks.read(name);
}

function ofIpv4(
  session: Session,
  { name, bridge }: NetworkDefinition,
  { ip, mac }: { readonly ip: NetworkIp; readonly mac: string },
): string {
  const { ranges = [], hosts = [] } = ip.dhcp ?? {};
  const choice: DhcpChoice = {
    leases: networkPaths(session.paths, name).leases,
    ranges: ranges.length > 0 ? ranges : [hostRange(ip)],
    kept: [ip.address, ...hosts.map((host) => host.ip), ...addressesOfDomains(session)],
  };
  const folder = bridge.name === undefined ? '' : namesOf(bridge.name);
  for (const address of freeAddresses({ folder, mac }, choice)) return `${address}/${ip.prefix}`;
  throw new TslxcError('OPERATION_FAILED', `the network '${name}' has no address left`);
}

/** The addresses in all definitions of domains. A definition that can't be read is skipped: it can't be started either. */
function* addressesOfDomains(session: Session): Iterable<string> {
  const unread = (err: unknown): void =>
    session.logger.warn({ err }, 'addresses of a domain that can’t be read are taken for free');
  for (const { interfaces } of definitionsOf(session, unread)) {
    for (const { addresses } of interfaces) yield* addresses.map(({ address }) => address);
  }
}

/** The path of the file; it is written unless the connection is read-only. */
async function resolver(session: Session, server: string): Promise<string> {
  const paths = imagePaths(session.paths);
  if (session.access === 'read-write') await writeResolver(paths, server);
  return resolverPath(paths, server);
}
