/** Looks up what the conversion of an LXC configuration has to know about this host. */
import { randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { machine } from 'node:os';
import { join } from 'node:path';
import type { Looks } from '../../container/looks/looks';
import { deviceNumbers } from '../../container/sources/host-devices';
import type { IpFamily } from '../../domain/interface/ip-address';
import type { DeviceNode, HostView, PathState } from '../../domain/lxc-configuration/host-view';
import type { Lookups } from '../../domain/lxc-configuration/lookups';
import { readNodeInfo } from '../../host/kernel/node';
import { native } from '../../host/native';
import type { Session } from '../session/session';
import type { ConfigurationFiles } from './load-configuration';
import { readAttribute } from '../../host/node/attribute';

const step = 'look up what the configuration names';

/** The files that a configuration names. */
export function filesOf(looks: Looks): ConfigurationFiles {
  const reading = { step: 'read the configuration' };
  return {
    isDirectory: async (path) => (await looks.state(path, reading)).kind === 'directory',
    names: (path) => readdir(path),
    read: (path, most) => looks.start(path, most, reading),
  };
}

/** @throws TslxcError OPERATION_TIMEOUT when a path does not answer. */
export async function viewHost(
  session: Session,
  { paths, devices, links }: Lookups,
  looks: Looks,
): Promise<HostView> {
  const { cpus, memory } = readNodeInfo();
  const states = await pathStates(paths, looks);
  return {
    arch: machine(),
    memory,
    cpus,
    securityModel: session.hostSecurity().model,
    paths: states,
    devicesIn: await devicesBelow(states, looks),
    deviceNames: new Map(devices.flatMap(deviceName)),
    addresses: await addressesOf(links),
    randomDigit: () => randomInt(16),
  };
}

async function pathStates(
  paths: readonly string[],
  looks: Looks,
): Promise<ReadonlyMap<string, PathState>> {
  const states = new Map<string, PathState>();
  for (const path of paths) {
    const state = await looks.stateIfThere(path, { step });
    if (state !== undefined) states.set(path, { kind: state.kind, ...deviceNumbers(state.node) });
  }
  return states;
}

/** The device nodes in directories below /dev, which can be read without a time limit since it lies in memory. */
async function devicesBelow(
  states: ReadonlyMap<string, PathState>,
  looks: Looks,
): Promise<ReadonlyMap<string, readonly DeviceNode[]>> {
  const found = new Map<string, readonly DeviceNode[]>();
  for (const [path, { kind }] of states) {
    if (kind !== 'directory' || !path.startsWith('/dev/')) continue;
    const names = await readdir(path);
    const inside = await pathStates(
      names.sort().map((name) => join(path, name)),
      looks,
    );
    found.set(path, [...inside].flatMap(deviceNode));
  }
  return found;
}

function deviceNode([path, { kind, major, minor }]: readonly [string, PathState]): DeviceNode[] {
  if (kind === 'character device') return [{ path, type: 'c', major, minor }];
  return kind === 'block device' ? [{ path, type: 'b', major, minor }] : [];
}

/** The node of a device such as `c 10:200`: the kernel reports the name that udev gives it. */
function deviceName(device: string): (readonly [string, string])[] {
  const [type, numbers = ''] = device.split(' ');
  const folder = type === 'b' ? 'block' : 'char';
  // Empty where this host has no such device.
  const text = readAttribute(`/sys/dev/${folder}/${numbers}/uevent`) ?? '';
  const name = /^DEVNAME=(.+)$/m.exec(text)?.[1];
  return name === undefined ? [] : [[device, `/dev/${name}`]];
}

async function addressesOf(names: readonly string[]): Promise<HostView['addresses']> {
  const found = new Map<`${IpFamily} ${string}`, string>();
  if (names.length === 0) return found;
  const [links, addresses] = await Promise.all([native().listLinks(), native().listAddresses()]);
  for (const { name, index } of links.filter((link) => names.includes(link.name))) {
    for (const one of addresses) {
      const key = `${one.family} ${name}` as const;
      // A link-local address may also be that of another interface, on another link.
      if (one.index !== index || /^fe80/i.test(one.address) || found.has(key)) continue;
      found.set(key, one.address);
    }
  }
  return found;
}
