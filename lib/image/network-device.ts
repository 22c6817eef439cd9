/** How a domain of an image is in a network, as an element of its XML. Pure. */
import { interfaceElement } from '../domain/builder/interface-element';
import { node, type PrintableElement } from '../domain/xml/print';
import { TslxcError } from '../errors';
import { parsePublishedPort } from './published-port';
import type { ImageDomain } from './types';

/**
 * What an interface is given of its virtual network. A program of an image has no client of DHCP beside it, so that all of it
 * stands in the XML.
 */
export interface NetworkShare {
  readonly mac: string;
  /** With their prefixes: `192.168.122.7/24`. */
  readonly addresses: readonly string[];
  /** Addresses of the routers by which everything else is reached; none in a network that leads nowhere. */
  readonly routers: readonly string[];
  /** A file of the host, as resolv.conf(5); undefined where the network answers for no names. */
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

/** Where its programs read which server to ask for names. */
export const resolverTarget = '/etc/resolv.conf';

/** The network's name server, in the place of that which the image names. */
export function resolverDevice(resolver: string): PrintableElement {
  return node('filesystem', { type: 'mount' }, [
    node('source', { dir: resolver }),
    node('target', { dir: resolverTarget }),
    node('readonly'),
  ]);
}
