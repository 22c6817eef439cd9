/** What a container from an image is given of its virtual network: a free address, the router, and the name server. */
import { randomBytes } from 'node:crypto';
import { macFromBytes } from '../../domain/interface/mac-address';
import type { NetworkShare } from '../../image/network-share';
import type { NetworkInterfaceSpec } from '../../domain/builder/spec';
import { imagePaths } from '../../image/store/image-paths';
import { resolverPath, writeResolver } from '../../image/store/resolvers';
import { wantsDnsmasq } from '../../network/dnsmasq/config';
import type { Session } from '../session/session';
import { freeAddress, networkAtHand } from './free-addresses';

/**
 * `taken`: the addresses of the domain's other interfaces. Undefined for a network that gives no addresses, and for one that does not exist, which the start will report.
 *
 * @throws TslxcError OPERATION_FAILED when no address is left.
 */
export async function networkShare(
  session: Session,
  {
    network: name,
    mac = macFromBytes(randomBytes(3)),
  }: Pick<NetworkInterfaceSpec, 'network' | 'mac'>,
  taken: readonly string[],
): Promise<NetworkShare | undefined> {
  const definition = await networkAtHand(session, name);
  if (definition === undefined || definition.ips.length === 0) return undefined;
  const { ips, forward, dns } = definition;
  const [ipv4, ipv6] = (['ipv4', 'ipv6'] as const).map((family) =>
    ips.find((ip) => ip.family === family),
  );
  const given = [ipv4, ipv6].flatMap((ip) => {
    if (ip === undefined) return [];
    return freeAddress(session, definition, { ip, choice: { mac, taken } }) ?? [];
  });
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

/** The path of the file; it is written unless the connection is read-only. */
async function resolver(session: Session, server: string): Promise<string> {
  const paths = imagePaths(session.paths);
  if (session.access === 'read-write') await writeResolver(paths, server);
  return resolverPath(paths, server);
}
