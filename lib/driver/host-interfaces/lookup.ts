/** The network interfaces of this host: which there are, and the XML of one. They are only read. */
import { printXml } from '../../domain/xml/print';
import { TslxcError } from '../../errors';
import { readHostInterface, readHostInterfaces } from '../../host/interfaces/host-interfaces';
import type { HostInterface } from '../../host/interfaces/host-interfaces';
import { interfaceFact } from '../../host/interfaces/interface-facts';
import { factElement } from '../node-devices/fact-element';
import { passesActivity, type ActivityFilter } from '../lookup/list-filter';
import type { HostInterfaceInfo } from './types';

/** @throws SyscallError. */
export async function listHostInterfaces(filter: ActivityFilter): Promise<HostInterfaceInfo[]> {
  const all = (await readHostInterfaces()).map(infoOf);
  return all.filter(({ active }) => passesActivity(active, filter));
}

/** @throws TslxcError NO_INTERFACE. */
export function lookUpHostInterface(name: string): HostInterfaceInfo {
  return infoOf(find(name));
}

/** As in libvirt, a text that is no address is that of no interface. @throws TslxcError NO_INTERFACE, MULTIPLE_INTERFACES. */
export async function lookUpHostInterfaceByMac(text: string): Promise<HostInterfaceInfo> {
  const mac = text.toLowerCase();
  const [first, second] = (await readHostInterfaces()).filter((one) => one.mac === mac);
  if (second !== undefined) {
    const detail = `the MAC address '${text}' matches multiple interfaces`;
    throw new TslxcError('MULTIPLE_INTERFACES', detail);
  }
  if (first !== undefined) return infoOf(first);
  throw new TslxcError('NO_INTERFACE', `couldn't find interface with MAC address '${text}'`);
}

/** @throws TslxcError NO_INTERFACE. */
export function hostInterfaceXml(name: string): string {
  return printXml(factElement(interfaceFact(find(name))));
}

function find(name: string): HostInterface {
  const found = readHostInterface(name);
  if (found !== undefined) return found;
  throw new TslxcError('NO_INTERFACE', `couldn't find interface named '${name}'`);
}

function infoOf({ name, mac, operationalState }: HostInterface): HostInterfaceInfo {
  return {
    name,
    ...(mac !== undefined && { mac }),
    active: operationalState === 'up',
    operationalState,
  };
}
