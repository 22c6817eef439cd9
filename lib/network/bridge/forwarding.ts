/**
 * IP forwarding of the host: switched on when the first network needs it, and restored when the last such network stops, unless
 * another program needs it by then. The kernel does not count users, so a record lists the networks of all roots.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TslxcError } from '../../errors';
import { bootId } from '../../host/kernel/boot/boot-id';
import { native } from '../../host/native';
import { networkNamespace } from '../../host/kernel/network-namespace';
import { readRecord, removeRecord, writeRecord } from '../../host/state/record-file';
import { forwardingPath, statePaths } from '../../host/state/state-paths';
import { readNetworkParameter, writeNetworkParameter } from '../../host/kernel/sysctl';
import type { ActiveNetwork } from '../active-network';
import { isForwarded } from '../definition/definition';
import { withHostNetworks } from '../lifecycle/network-lock';
import { networkStateIfAny, runningNames } from '../lifecycle/state';
import { readText } from '../../host/kernel/text-file';
import { namesIn } from '../../host/names-in';

type Family = 'ipv4' | 'ipv6';

interface User {
  /** tslxc's root. */
  readonly root: string;
  readonly network: string;
  readonly bridge: string;
  readonly families: readonly Family[];
}

interface ForwardingRecord {
  readonly boot: string;
  readonly users: readonly User[];
  /** The former state of each family that was off. */
  readonly former: Readonly<Partial<Record<Family, Former>>>;
}

interface Former {
  /** Interfaces for which forwarding was on, although the switch for all interfaces was off. */
  readonly forwarding: readonly string[];
  /** Bridges that already had an address, so that they do not depend on forwarding. */
  readonly bridges: readonly string[];
}

/** The folders of sysctl.d(5). */
const configFolders = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((folder) =>
  join(folder, 'sysctl.d'),
);

/** The switch for all interfaces. */
const switches = { ipv4: 'ipv4/ip_forward', ipv6: 'ipv6/conf/all/forwarding' } as const;

/** A route that was learned from a router's advertisement: RTF_DEFAULT of linux/ipv6_route.h. */
const learnedRoute = 0x0001_0000;

/** The families of the packets that the host must forward for the network. */
export function forwardedFamilies({ definition }: ActiveNetwork): Family[] {
  if (!isForwarded(definition)) return [];
  return [...new Set(definition.ips.map(({ family }) => family))].sort();
}

/**
 * @throws TslxcError CONFIG_UNSUPPORTED if the host would lose the routes that it has learned; SyscallError.
 */
export async function claimForwarding(network: ActiveNetwork, root: string): Promise<void> {
  const families = forwardedFamilies(network);
  if (families.length === 0) return;
  await withHostNetworks(async () => {
    const { users, former } = readForwarding();
    const user = { root, network: network.definition.name, bridge: network.bridge, families };
    const missing = lostFamilies(network);
    if (missing.includes('ipv6')) checkLearnedRoutes();
    const bridges = await addressedBridges();
    const found = missing.map((family) => {
      return [family, { forwarding: forwardingInterfaces(family), bridges }] as const;
    });
    const next = {
      users: [...users.filter((other) => !isSame(other, user)), user],
      // What was found first is what is given back.
      former: { ...Object.fromEntries(found), ...former },
    };
    writeForwarding(next);
    for (const family of missing) writeNetworkParameter(switches[family], '1');
  });
}

/** Whether somebody has switched forwarding off that the network needs. */
export function isForwardingLost(network: ActiveNetwork): boolean {
  return lostFamilies(network).length > 0;
}

function lostFamilies(network: ActiveNetwork): Family[] {
  return forwardedFamilies(network).filter(
    (family) => readNetworkParameter(switches[family]) === '0',
  );
}

/** Does nothing for a network that has not claimed forwarding. */
export async function releaseForwarding(root: string, network: string): Promise<void> {
  await withHostNetworks(async () => {
    const { users, former } = readForwarding();
    const remaining = users.filter((user) => !isSame(user, { root, network }));
    const isNeeded = (family: Family): boolean =>
      remaining.some(({ families }) => families.includes(family));
    const bridges = await addressedBridges();
    const ours = new Set([...users.map(({ bridge }) => bridge), ...madeBridges(users, root)]);
    for (const family of ['ipv4', 'ipv6'] as const) {
      const before = former[family];
      if (before === undefined || isNeeded(family)) continue;
      // A network that another program has set up since then may rely on forwarding, as the networks of tslxc do.
      const others = bridges.filter((one) => !ours.has(one) && !before.bridges.includes(one));
      if (others.length === 0 && !isConfigured(family)) giveBack(family, before.forwarding);
    }
    const kept = Object.entries(former).filter(([family]) => isNeeded(family as Family));
    writeForwarding({ users: remaining, former: Object.fromEntries(kept) });
  });
}

/** Whether a text of sysctl.conf(5) switches forwarding on. */
export function switchesOn(text: string, family: Family): boolean {
  const names =
    family === 'ipv4' ? ['ipv4/ip_forward', 'ipv4/conf/all/forwarding'] : [switches.ipv6];
  return text.split('\n').some((line) => {
    const [, name = '', value = ''] = /^\s*-?\s*([^#;=\s]+)\s*=\s*(\S+)/.exec(line) ?? [];
    return names.includes(name.replaceAll('.', '/').replace(/^net\//, '')) && value === '1';
  });
}

/** The bridges of all networks of these roots, including networks that need no forwarding, which are not on record. */
function madeBridges(users: readonly User[], root: string): string[] {
  const roots = new Set([root, ...users.map((user) => user.root)]);
  return [...roots].map(statePaths).flatMap((paths) =>
    runningNames(paths).flatMap((name) => {
      const state = networkStateIfAny(paths, name);
      if (state === undefined || state.phase === 'off' || state.place === 'elsewhere') return [];
      const { bridge } = state.record.borrowed;
      return bridge === undefined ? [] : [bridge.name];
    }),
  );
}

function isSame(a: Pick<User, 'root' | 'network'>, b: Pick<User, 'root' | 'network'>): boolean {
  return a.root === b.root && a.network === b.network;
}

/** The roots whose networks need forwarding, in any network namespace. */
export function forwardingRoots(): string[] {
  const folder = dirname(forwardingPath(''));
  return namesIn(folder)
    .filter((name) => join(folder, name).startsWith(forwardingPath('').replace('.json', '')))
    .flatMap((name) => {
      const record = readRecord(join(folder, name)) as ForwardingRecord | undefined;
      return record?.boot === bootId() ? record.users.map(({ root }) => root) : [];
    });
}

/**
 * The record without the networks that no longer run: their root may have been deleted without a stop, for instance. If
 * none is left, `former` is dropped too, since it is then unknown who relies on forwarding.
 */
function readForwarding(): Pick<ForwardingRecord, 'users' | 'former'> {
  const path = forwardingPath(networkNamespace());
  const record = readRecord(path) as ForwardingRecord | undefined;
  if (record?.boot !== bootId()) return { users: [], former: {} };
  const users = record.users.filter(isUp);
  return { users, former: users.length === 0 ? {} : record.former };
}

/** Also one of which nothing is known. */
function isUp({ root, network }: User): boolean {
  const state = networkStateIfAny(statePaths(root), network);
  return state === undefined || (state.phase !== 'off' && state.place === 'here');
}

function writeForwarding({ users, former }: Pick<ForwardingRecord, 'users' | 'former'>): void {
  const path = forwardingPath(networkNamespace());
  if (users.length === 0 && Object.keys(former).length === 0) {
    removeRecord(path);
    return;
  }
  writeRecord(path, { boot: bootId(), users, former });
}

/** Writing the switch for all interfaces also resets each interface, so the interfaces that had forwarding on get it back. */
function giveBack(family: Family, former: readonly string[]): void {
  writeNetworkParameter(switches[family], '0');
  for (const device of former) writeNetworkParameter(`${family}/conf/${device}/forwarding`, '1');
}

function forwardingInterfaces(family: Family): string[] {
  return interfaceFolders(family).filter(
    (device) => readNetworkParameter(`${family}/conf/${device}/forwarding`) === '1',
  );
}

function interfaceFolders(family: Family): string[] {
  return readdirSync(`/proc/sys/net/${family}/conf`).filter((name) => name !== 'all');
}

async function addressedBridges(): Promise<string[]> {
  const [links, addresses] = await Promise.all([native().listLinks(), native().listAddresses()]);
  const isAddressed = (index: number): boolean =>
    addresses.some((one) => one.index === index && one.scope === 'global');
  return links
    .filter(({ kind, index }) => kind === 'bridge' && isAddressed(index))
    .map(({ name }) => name);
}

/** Whether the host's own configuration, which may be reapplied at any time, switches forwarding on. */
function isConfigured(family: Family): boolean {
  const files = configFolders.flatMap((folder) => list(folder).map((name) => join(folder, name)));
  return ['/etc/sysctl.conf', ...files].some((path) => switchesOn(readText(path), family));
}

/**
 * With forwarding on, the kernel ignores router advertisements unless accept_ra is 2, and drops the routes that it has
 * learned from them.
 */
function checkLearnedRoutes(): void {
  const devices = learnedDevices(readText('/proc/net/ipv6_route')).filter(
    (device) => readNetworkParameter(`ipv6/conf/${device}/accept_ra`) !== '2',
  );
  if (devices.length === 0) return;
  const list = devices.join(', ');
  const detail =
    `IPv6 forwarding would cost the host the routes that it learns from router advertisements on ${list}: ` +
    `set net.ipv6.conf.${devices[0] ?? ''}.accept_ra to 2 first`;
  throw new TslxcError('CONFIG_UNSUPPORTED', detail, { step: 'switch IPv6 forwarding on' });
}

/** Interfaces on which a default route was learned, from the text of /proc/net/ipv6_route. */
export function learnedDevices(text: string): string[] {
  const devices = text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [flags, device] = [words[8], words[9]];
    if (flags === undefined || device === undefined) return [];
    return (Number.parseInt(flags, 16) & learnedRoute) === 0 ? [] : [device];
  });
  return [...new Set(devices)];
}

function list(folder: string): string[] {
  return namesIn(folder).filter((name) => name.endsWith('.conf'));
}
