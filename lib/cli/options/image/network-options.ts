/** Options of a container from an image about its network, with docker's names. Pure. */
import { isSharedAddress } from '../../../domain/interface/port/port-forward';
import { parseMac } from '../../../domain/interface/mac-address';
import { present } from '../../../present';
import { parsePublishedPort } from '../values/published-port';
import { checkCharacters, refusedValue } from '../values/refused-value';
import type { ImageDomain, PortForwardSpec } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

export const networkOptions: readonly Option[] = [
  {
    name: 'network',
    aliases: [{ name: 'net' }],
    kind: 'string',
    help: 'none (the default), host, or the name of a virtual network, in which it has an address and a name',
    values: 'active-network',
    mayBeEmpty: true,
  },
  {
    name: 'publish',
    kind: 'string',
    letter: 'p',
    repeatable: true,
    help: 'let a port of the host lead to it: HOST:CONTAINER, as in 8080:80 or 127.0.0.1:5353:53/udp; in the network ‘default’, unless --network names one; may be repeated',
  },
  {
    name: 'mac-address',
    kind: 'string',
    help: 'Ethernet address in its virtual network; by default one is made',
  },
];

/** The network in which ports are published when none is named. */
const usualNetwork = 'default';

/**
 * Whether there is such a network is only known when the container starts.
 *
 * @throws UsageError for a value that can't be right.
 */
export function readNetwork(options: Options): Pick<ImageDomain, 'interfaces' | 'privateNetwork'> {
  const [network, published] = [options.string('network'), options.strings('publish')];
  const portForwards = publishedOf(published);
  const mac = macOf(options.string('mac-address'));
  checkCharacters(network ?? '', 'network');
  if (network === '') {
    throw refusedValue('', 'network', 'is not none, host, or the name of a virtual network');
  }
  const [first] = published;
  if (network === 'none' || network === 'host') {
    if (first !== undefined) throw refusedValue(first, 'publish', unpublishable(network));
    if (mac !== undefined) throw refusedValue(mac, 'mac-address', interfaceless(network));
    return network === 'none' ? {} : { privateNetwork: false };
  }
  const isWanted = first !== undefined || mac !== undefined;
  const name = network ?? (isWanted ? usualNetwork : undefined);
  if (name === undefined) return {};
  const forwards = portForwards.length === 0 ? {} : { portForwards };
  return { interfaces: [{ type: 'network', network: name, ...present({ mac }), ...forwards }] };
}

function macOf(word: string | undefined): string | undefined {
  if (word === undefined || parseMac(word) !== undefined) return word;
  throw refusedValue(word, 'mac-address', 'is no Ethernet address, such as 52:54:00:12:34:56');
}

function interfaceless(network: 'none' | 'host'): string {
  return `is that of no interface: with the network '${network}' it has none of its own`;
}

function unpublishable(network: 'none' | 'host'): string {
  const why =
    network === 'host'
      ? "with the network 'host' its ports are those of the host already"
      : "with the network 'none' it has no interface that they could lead to";
  const remedy = `name a virtual network, or leave the network out, for '${usualNetwork}'`;
  return `leads nowhere: no port can be published: ${why}; ${remedy}`;
}

function publishedOf(words: readonly string[]): PortForwardSpec[] {
  const forwards = words.map((word) => ({ word, forward: parsePublishedPort(word) }));
  forwards.forEach(({ word, forward }, at) => {
    const other = forwards.slice(0, at).find((before) => overlap(before.forward, forward));
    if (other === undefined) return;
    throw refusedValue(word, 'publish', `has a port of the host that '${other.word}' has already`);
  });
  return forwards.map(({ forward }) => forward);
}

/** Without an address, a port is that of all addresses. */
function overlap(one: PortForwardSpec, other: PortForwardSpec): boolean {
  const [a, b] = [one.ranges?.[0], other.ranges?.[0]];
  if (a === undefined || b === undefined || one.protocol !== other.protocol) return false;
  return (
    isSharedAddress(one.address, other.address) &&
    a.start <= (b.end ?? b.start) &&
    b.start <= (a.end ?? a.start)
  );
}
