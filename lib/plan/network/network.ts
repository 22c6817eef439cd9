/** The network interfaces of a container: how the monitor makes them, and how init configures them. Pure. */
import type { InterfaceAddress, InterfaceRoute, Vlan } from '../../domain/interface/definition';
import { broadcastAddress, parseIp } from '../../domain/interface/ip-address';
import { bridgeVlanFlags, macvlanModes, usualMetric } from '../constants';
import type { Link, MacvlanLink, VethLink } from './links';
import type { Operation } from '../operation';

/**
 * Run by the monitor in the host's namespace, when init and its network namespace exist. The container's side of a veth
 * is made in that namespace with its final name, since moving it would cost an RCU grace period. Borrowed interfaces come
 * first, when no other interface there can have their index: they are recognized by it when they are returned, whatever
 * the container changes.
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
 * Run instead of `planLinks` when init is restarted: the host's sides stay as they are, with their ports, rates and
 * addresses. The container's sides move out of the old namespace, and so lose what the container had set.
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

/** Run by init in its own network namespace, which has `lo`, still down, and the interfaces that the monitor made. */
export function planLinksInside(links: readonly Link[]): Operation[] {
  return [{ op: 'setLinkUp', name: 'lo' }, ...links.flatMap(planGuest)];
}

/**
 * Whether the monitor must keep the network namespace when the container has ended: until borrowed interfaces have been
 * taken back from it, and the devices below macvlans are released.
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
    // The host's side of a link that is down stays down: the container has no carrier then, whatever it does.
    ...(link.state === 'up' ? planUp(name, link.hostRoutes) : []),
  ];
}

/**
 * Without this, a container could announce itself as a router to the host and receive its traffic (CVE-2020-13401). A
 * port of a bridge does not need it: its frames go to the bridge.
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
 * In mode passthrough the device below has the container's address too. It is set by way of the macvlan: then the kernel
 * restores the device's address when the macvlan is removed, which it would not after a change of the device itself.
 */
function planOwnAddress(link: Link): Operation[] {
  if (link.kind !== 'macvlan' || link.mode !== 'passthrough') return [];
  return [{ op: 'setLinkAddress', name: link.guest, address: link.mac }];
}

/** Run in the container's network namespace, for an interface that is there. */
export function planGuest(link: Link): Operation[] {
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

/** The broadcast address; '' for IPv6 and for a network of two addresses (RFC 3021). */
function broadcastOf(address: string, prefix: number): string {
  const ip = parseIp(address);
  return ip?.family === 'ipv4' && prefix < 31 ? broadcastAddress(ip, prefix).address : '';
}

function planRoute(
  name: string,
  { address, prefix, gateway = '', metric = usualMetric }: InterfaceRoute,
): Operation {
  return { op: 'addRoute', name, address, prefix, gateway, metric };
}

/** As in libvirt, the port's own tag is the only one if there is no `trunk`, and else the one with a `nativeMode`. */
function vlanNumbers({ trunk, tags }: Vlan): number[] {
  const { own, untagged } = bridgeVlanFlags;
  return tags.map(({ id, nativeMode }) => {
    const isNative = !trunk || nativeMode !== undefined;
    const leavesUntagged = isNative && nativeMode !== 'tagged';
    return id + (((isNative ? own : 0) | (leavesUntagged ? untagged : 0)) << 16);
  });
}
