/** The XML element that puts a domain made from an image into a network. Pure. */
import { interfaceElement } from '../domain/builder/interface-element';
import { node, type PrintableElement } from '../domain/xml/print';
import { TslxcError } from '../errors';
import { parsePublishedPort } from './published-port';
import type { ImageDomain } from './types';

/** What an interface gets from its virtual network. The program of an image has no DHCP client beside it, so all of it is in the XML. */
export interface NetworkShare {
  readonly mac: string;
  /** With their prefixes: `192.168.122.7/24`. */
  readonly addresses: readonly string[];
  /** Addresses of the default routers; none in a network that is isolated. */
  readonly routers: readonly string[];
  /** A file of the host in the form of resolv.conf(5); undefined if the network has no name server. */
  readonly resolver?: string;
}

/** The network in which ports are published when none is named. */
const usualNetwork = 'default';

/** @throws TslxcError INVALID_ARG for published ports without a virtual network. */
export function networkOf({
  network,
  publish = [],
}: Pick<ImageDomain, 'network' | 'publish'>): NonNullable<ImageDomain['network']> {
  if (publish.length === 0) return network ?? 'none';
  if (network === undefined) return { name: usualNetwork };
  if (typeof network !== 'string') return network;
  const why =
    network === 'host'
      ? "with the network 'host' its ports are those of the host already"
      : "with the network 'none' it has no interface that they could lead to";
  const remedy = `name a virtual network, or leave the network out, for '${usualNetwork}'`;
  throw new TslxcError('INVALID_ARG', `no port can be published: ${why}; ${remedy}`);
}

/** @throws TslxcError INVALID_ARG for a malformed port. */
export function networkDevice(
  network: string,
  {
    share,
    publish = [],
  }: Pick<ImageDomain, 'publish'> & { readonly share: NetworkShare | undefined },
): PrintableElement {
  const { mac, addresses = [], routers = [] } = share ?? {};
  return interfaceElement({
    type: 'network',
    network,
    ...(mac === undefined ? {} : { mac }),
    addresses,
    routes: routers.map((via) => ({ to: via.includes(':') ? '::/0' : '0.0.0.0/0', via })),
    portForwards: publish.map(parsePublishedPort),
  });
}

/** Where the container's programs find their name servers. */
export const resolverTarget = '/etc/resolv.conf';

/** Mounts the network's file over that of the image. */
export function resolverDevice(resolver: string): PrintableElement {
  return node('filesystem', { type: 'mount' }, [
    node('source', { dir: resolver }),
    node('target', { dir: resolverTarget }),
    node('readonly'),
  ]);
}
