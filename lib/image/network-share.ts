/** What a virtual network gives to an interface of a container that is made from an image. Pure. */
import type { DirectoryMount, InterfaceSpec } from '../domain/builder/spec';

/** The program of an image has no DHCP client beside it, so all of it is in the definition. */
export interface NetworkShare {
  readonly mac: string;
  /** With their prefixes: `192.168.122.7/24`. */
  readonly addresses: readonly string[];
  /** Addresses of the default routers; none in a network that is isolated. */
  readonly routers: readonly string[];
  /** A file of the host in the form of resolv.conf(5); undefined if the network has no name server. */
  readonly resolver?: string;
}

/** Whether its network has to give it an address: the caller has named none. */
export function needsShare(
  one: InterfaceSpec,
): one is InterfaceSpec & { readonly type: 'network' } {
  return one.type === 'network' && one.addresses === undefined;
}

/** The interface with what its network gives it; routes of the caller stay alone. */
export function withShare(one: InterfaceSpec, share: NetworkShare | undefined): InterfaceSpec {
  if (share === undefined) return one;
  const { mac, addresses, routers } = share;
  const routes = routers.map((via) => ({ to: via.includes(':') ? '::/0' : '0.0.0.0/0', via }));
  return { ...one, mac, addresses, routes: one.routes ?? routes };
}

/** Where the container's programs find their name servers. */
export const resolverTarget = '/etc/resolv.conf';

/** Mounts the network's file over that of the image. */
export function resolverMount(source: string): DirectoryMount {
  return { source, target: resolverTarget, readonly: true };
}
