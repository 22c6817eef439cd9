/** What is told of an interface of the host: what it is, and what is plugged into it. */
import { join } from 'node:path';
import type { Fact } from '../devices/node-device';
import { linkFact } from '../devices/net';
import { hostPlaces, type DevicePlaces, type SysfsDevice } from '../devices/device-tree';
import { readText } from '../kernel/text-file';
import { readHostInterface, type HostInterface } from './host-interfaces';

/** Where they are read; tests have folders of their own. */
export interface InterfacePlaces extends DevicePlaces {
  /** The kernel's folder with a file for each VLAN. */
  readonly vlans: string;
}

export const interfacePlaces: InterfacePlaces = { ...hostPlaces, vlans: '/proc/net/vlan' };

/** libvirt's element `<interface>`, with what the interface consists of. */
export function interfaceFact(found: HostInterface, places = interfacePlaces): Fact {
  const size = found.device.attribute('mtu') ?? '0';
  const mtu = size === '0' ? [] : [{ name: 'mtu', attributes: { size } }];
  const { content = [], ...whole } = memberFact(found, places);
  return { ...whole, content: [...mtu, ...(typeof content === 'string' ? [] : content)] };
}

/** The same without what only an interface has that is no part of another. */
function memberFact({ name, mac, device }: HostInterface, places: InterfacePlaces): Fact {
  const type = typeOf(device);
  const attributes = { type, name };
  switch (type) {
    case 'bridge':
      return { name: 'interface', attributes, content: [bridgeFact(device, places)] };
    case 'bond':
      return {
        name: 'interface',
        attributes,
        content: [...linkFact(device), bondFact(device, places)],
      };
    case 'vlan':
      return {
        name: 'interface',
        attributes,
        content: [...linkFact(device), vlanFact(device, places)],
      };
    case 'ethernet': {
      const address = mac === undefined ? [] : [{ name: 'mac', attributes: { address: mac } }];
      return { name: 'interface', attributes, content: [...linkFact(device), ...address] };
    }
  }
}

type InterfaceType = 'ethernet' | 'bridge' | 'bond' | 'vlan';

function typeOf(device: SysfsDevice): InterfaceType {
  const type = device.property('DEVTYPE');
  if (type === 'bridge' || type === 'bond' || type === 'vlan') return type;
  return device.attribute('bonding/mode') === undefined ? 'ethernet' : 'bond';
}

function membersOf(names: readonly string[], places: InterfacePlaces): Fact[] {
  return [...names].sort().flatMap((name) => {
    const found = readHostInterface(name, places);
    return found === undefined ? [] : [memberFact(found, places)];
  });
}

/** The interfaces of guests are no members of a bridge in libvirt: they come and go with them. */
const ofGuest = /^vnet\d/;

function bridgeFact(device: SysfsDevice, places: InterfacePlaces): Fact {
  const stp = { 0: 'off', 1: 'on' }[device.number('bridge/stp_state') ?? -1];
  const delay = device.attribute('bridge/forward_delay');
  const attributes = { ...(stp !== undefined && { stp }), ...(delay !== undefined && { delay }) };
  const members = device.names('brif').filter((name) => !ofGuest.test(name));
  return { name: 'bridge', attributes, content: membersOf(members, places) };
}

function bondFact(device: SysfsDevice, places: InterfacePlaces): Fact {
  // The kernel writes `balance-rr 0`: the word, and its number.
  const mode = firstWord(device, 'mode');
  const slaves = (device.attribute('bonding/slaves') ?? '').split(/\s+/).filter(Boolean);
  return {
    name: 'bond',
    attributes: { ...(mode !== undefined && { mode }) },
    content: [...monitorFact(device), ...membersOf(slaves, places)],
  };
}

/** How a bond finds out whether its interfaces work: by questions of ARP, or by what their hardware says. */
function monitorFact(device: SysfsDevice): Fact[] {
  const [interval, freq] = ['arp_interval', 'miimon'].map(
    (name) => device.number(`bonding/${name}`) ?? 0,
  );
  if (interval !== undefined && interval > 0) {
    const validate = firstWord(device, 'arp_validate') ?? 'none';
    const attributes = {
      interval: String(interval),
      target: device.attribute('bonding/arp_ip_target') ?? '',
      ...(['active', 'backup', 'all'].includes(validate) && { validate }),
    };
    return [{ name: 'arpmon', attributes }];
  }
  if (freq === undefined || freq <= 0) return [];
  const delays = ['downdelay', 'updelay'].flatMap((name): [string, string][] => {
    const delay = device.number(`bonding/${name}`) ?? 0;
    return delay > 0 ? [[name, String(delay)]] : [];
  });
  const carrier = device.attribute('bonding/use_carrier') === '0' ? 'ioctl' : 'netif';
  return [
    {
      name: 'miimon',
      attributes: { freq: String(freq), ...Object.fromEntries(delays), carrier },
    },
  ];
}

function firstWord(device: SysfsDevice, name: string): string | undefined {
  return device.attribute(`bonding/${name}`)?.split(' ')[0];
}

/** The kernel's file says which interface it is on, and with which tag; without that file, its name may. */
function vlanFact(device: SysfsDevice, { vlans }: InterfacePlaces): Fact {
  const told = readText(join(vlans, device.sysname));
  const [, base = device.sysname, after = '0'] = /^(.*)\.(\d+)$/.exec(device.sysname) ?? [];
  const tag = /\bVID: *(\d+)/.exec(told)?.[1] ?? after;
  const below = /^Device: *(\S+)/m.exec(told)?.[1] ?? base;
  const content = [{ name: 'interface', attributes: { name: below } }];
  return { name: 'vlan', attributes: { tag }, content };
}
