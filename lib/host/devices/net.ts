/** What is told of a network interface. What its hardware can offload is not: only the kernel's ioctl for ethtool says so. */
import type { SysfsDevice } from './device-tree';
import { fact, within, type Fact } from './node-device';

/** As operstate of the kernel has them; libvirt knows the same. */
const states = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];

/** The address is a part of the name. */
export function netSuffix(device: SysfsDevice): string | undefined {
  return device.text('address');
}

export function netFacts(device: SysfsDevice): Fact[] {
  return [
    ...fact('interface', device.property('INTERFACE') ?? device.sysname),
    ...fact('address', netSuffix(device)),
    ...linkFact(device),
    within(device.property('DEVTYPE') === 'wlan' ? '80211' : '80203'),
  ];
}

/** `<link>`: the state of an interface, and its speed in Mb/s where the interface is up and has one. */
export function linkFact(device: SysfsDevice): Fact[] {
  const state = device.attribute('operstate') ?? '';
  if (!states.includes(state)) return [];
  const speed = state === 'up' ? (device.number('speed') ?? 0) : 0;
  const attributes = { ...(speed > 0 && { speed: String(speed) }), state };
  return [{ name: 'link', attributes }];
}
