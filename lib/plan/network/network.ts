/** The network interfaces of a container: what the monitor makes of them, and what init does with them. Pure. */
import type { InterfaceAddress, InterfaceRoute, Vlan } from '../../domain/definition';
import { broadcastAddress, parseIp } from '../../domain/interface/ip-address';
import { bridgeVlanFlags, macvlanModes } from '../constants';
import type { Link, MacvlanLink, VethLink } from './links';
import type { Operation } from '../operation';

/**
 * Done by the monitor in the host's namespace, when init and so its network namespace exist. The side inside is made
 * there, with the name that it keeps: to move it would cost an RCU grace period. What the host lends comes first, when
 * nothing there can have its index: by that it is known again, whatever the container makes of it.
 */
export function planLinks(links: readonly Link[]): Operation[] {
  const borrowed = links.filter(({ kind }) => kind === 'moved');
  const made = links.filter(({ kind }) => kind !== 'moved');
  return [...borrowed, ...made].flatMap((link): Operation[] => {
    switch (link.kind) {
      case 'veth':
        return planVeth(link);
      case 'macvlan':
        return planMacvlan(link);
      case 'moved':
        return [{ op: 'moveLink', name: link.host, guest: link.guest }];
    }
  });
}

/**
 * In the place of `planLinks` when init is started again: the host's sides stay as they are, with their ports, rates and
 * addresses. What is inside moves out of the old namespace, and loses there what the container had set.
 */
export function planTakenLinks(links: readonly Link[]): Operation[] {
  return links.map((link): Operation => {
    switch (link.kind) {
      case 'veth':
        return { op: 'takePeer', name: link.host, peer: link.guest, address: link.mac };
      case 'macvlan':
        return { op: 'takeLink', name: link.guest, address: link.mac };
      case 'moved':
        return { op: 'takeLink', name: link.guest, address: '' };
    }
  });
}

/** Done by init in a network namespace of its own, which has nothing but `lo`, down, and those that the monitor made. */
export function planLinksInside(links: readonly Link[]): Operation[] {
  return [{ op: 'setLinkUp', name: 'lo' }, ...links.flatMap(planGuest)];
}

/**
 * Whether the monitor has to keep the container's network namespace when that has ended: until lent interfaces have been
 * taken back from it, and the devices below macvlans are free again.
 */
export function keepsNetwork(links: readonly Link[]): boolean {
  return links.some(({ kind }) => kind !== 'veth');
}

function planVeth(link: VethLink): Operation[] {
  const { host: name, bridge, vlan } = link;
  return [
    {
      op: 'makeVeth',
      name,
      address: link.hostMac,
      peer: link.guest,
      peerAddress: link.mac,
      mtu: link.mtu ?? 0,
    },
    ...(bridge === undefined
      ? [ignoreAdvertisements(name)]
      : [{ op: 'joinBridge', name, bridge } as const]),
    ...(link.isolated ? [{ op: 'isolatePort', name } as const] : []),
    ...(vlan === undefined
      ? []
      : [{ op: 'setPortVlans', name, vlans: vlanNumbers(vlan) } as const]),
    ...link.hostAddresses.map((address) => planAddress(name, address)),
    // Down, the link is not plugged in: there is no carrier inside, whatever is done there.
    ...(link.state === 'up' ? planUp(name, link.hostRoutes) : []),
  ];
}

/**
 * The container could make itself a router of the host, and the host's traffic its own (CVE-2020-13401). A port of a
 * bridge needs none of it: its frames are the bridge's.
 */
function ignoreAdvertisements(name: string): Operation {
  return {
    op: 'setLinkParameter',
    family: 'ipv6',
    name,
    parameter: 'accept_ra',
    value: '0',
    missing: 'skip',
  };
}

function planMacvlan({ guest: name, lower, mode, mac, mtu = 0 }: MacvlanLink): Operation[] {
  return [{ op: 'makeMacvlan', name, address: mac, lower, mode: macvlanModes[mode], mtu }];
}

/**
 * In passthrough the device below has the container's address too. It is given by the macvlan itself: for that change,
 * unlike for one of the device, the kernel knows what to put back when the macvlan goes.
 */
function planOwnAddress(link: Link): Operation[] {
  if (link.kind !== 'macvlan' || link.mode !== 'passthrough') return [];
  return [{ op: 'setLinkAddress', name: link.guest, address: link.mac }];
}

function planGuest(link: Link): Operation[] {
  const { guest: name, state, addresses, routes } = link;
  return [
    ...planOwnAddress(link),
    ...addresses.map((address) => planAddress(name, address)),
    ...(state === 'up' ? planUp(name, routes) : []),
  ];
}

/** An interface that is down has no routes. */
function planUp(name: string, routes: readonly InterfaceRoute[]): Operation[] {
  return [{ op: 'setLinkUp', name }, ...routes.map((route) => planRoute(name, route))];
}

function planAddress(name: string, { address, prefix, peer = '' }: InterfaceAddress): Operation {
  const broadcast = peer === '' ? broadcastOf(address, prefix) : '';
  return { op: 'addAddress', name, address, prefix, peer, broadcast };
}

/** Of IPv4 alone; a network of two addresses has none (RFC 3021). */
function broadcastOf(address: string, prefix: number): string {
  const ip = parseIp(address);
  return ip?.family === 'ipv4' && prefix < 31 ? broadcastAddress(ip, prefix).address : '';
}

function planRoute(
  name: string,
  { address, prefix, gateway = '', metric = 0 }: InterfaceRoute,
): Operation {
  return { op: 'addRoute', name, address, prefix, gateway, metric };
}

/** As libvirt: the only tag without `trunk` is the port's own, untagged; of a trunk that which has a `nativeMode`. */
function vlanNumbers({ trunk, tags }: Vlan): number[] {
  const { own, untagged } = bridgeVlanFlags;
  return tags.map(({ id, nativeMode }) => {
    const isNative = !trunk || nativeMode !== undefined;
    const leavesUntagged = isNative && nativeMode !== 'tagged';
    return id + (((isNative ? own : 0) | (leavesUntagged ? untagged : 0)) << 16);
  });
}
