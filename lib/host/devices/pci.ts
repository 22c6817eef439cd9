/** What is told of a PCI device. */
import { join } from 'node:path';
import type { DevicePlaces, SysfsDevice } from './device-tree';
import { fact, hexadecimal, within, type Fact } from './node-device';
import { readPciConfiguration, type PciExpress, type PciLink } from './pci-config';
import { readPciNames } from './pci-names';

interface PciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** From a name such as `0000:00:1f.2`; undefined for any other. */
export function pciAddressOf(name: string): PciAddress | undefined {
  const parts = /^([0-9a-f]{4,}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(name)?.slice(1);
  const [domain, bus, slot, number] = parts?.map((part) => parseInt(part, 16)) ?? [];
  if (domain === undefined || bus === undefined || slot === undefined) return undefined;
  return { domain, bus, slot, function: number ?? 0 };
}

/** In libvirt's order. */
export function pciFacts(device: SysfsDevice, { pciNames }: DevicePlaces): Fact[] {
  const address = pciAddressOf(device.sysname);
  const [vendor, product] = [device.number('vendor') ?? 0, device.number('device') ?? 0];
  const names = readPciNames(pciNames, { vendor, product });
  const configuration = readPciConfiguration(join(device.path, 'config'));
  const header = configuration?.header ?? 'unknown';
  const node = device.number('numa_node') ?? -1;
  return [
    ...fact('class', classOf(device)),
    ...fact('domain', address?.domain),
    ...fact('bus', address?.bus),
    ...fact('slot', address?.slot),
    ...fact('function', address?.function),
    identity('product', product, names.product),
    identity('vendor', vendor, names.vendor),
    ...physicalFunction(device),
    ...virtualFunctions(device),
    ...(header === 'endpoint' || header === 'unknown' ? [] : [within(header)]),
    ...isolationGroup(device),
    ...(node < 0 ? [] : [{ name: 'numa', attributes: { node: String(node) } }]),
    ...expressFacts(configuration?.express),
  ];
}

/** The kernel's `PCI_CLASS` is hexadecimal, without zeros before it. */
function classOf(device: SysfsDevice): string | undefined {
  const number = parseInt(device.property('PCI_CLASS') ?? '', 16);
  return Number.isNaN(number) ? undefined : hexadecimal(number, 6);
}

/** `<product>` or `<vendor>`: its number, and its name if that is known. */
export function identity(name: string, id: number, words: string | undefined): Fact {
  const attributes = { id: hexadecimal(id, 4) };
  return words === undefined ? { name, attributes } : { name, attributes, content: words };
}

function addressFact(name: string | undefined): Fact[] {
  const address = name === undefined ? undefined : pciAddressOf(name);
  if (address === undefined) return [];
  const attributes = {
    domain: hexadecimal(address.domain, 4),
    bus: hexadecimal(address.bus, 2),
    slot: hexadecimal(address.slot, 2),
    function: `0x${address.function}`,
  };
  return [{ name: 'address', attributes }];
}

/** The device that this one is a virtual function of. */
function physicalFunction(device: SysfsDevice): Fact[] {
  const address = addressFact(device.linked('physfn'));
  return address.length === 0 ? [] : [within('phys_function', address)];
}

/** The virtual functions that it has, by number, and how many it can have. */
function virtualFunctions(device: SysfsDevice): Fact[] {
  const most = device.number('sriov_totalvfs') ?? 0;
  if (most === 0) return [];
  const links = device.names().flatMap((name) => /^virtfn(\d+)$/.exec(name)?.[1] ?? []);
  const addresses = links
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((number) => addressFact(device.linked(`virtfn${number}`)));
  const { name, ...rest } = within('virt_functions', addresses);
  return [{ name, ...rest, attributes: { ...rest.attributes, maxCount: String(most) } }];
}

/** What can only be given to a guest together. */
function isolationGroup(device: SysfsDevice): Fact[] {
  const number = device.linked('iommu_group');
  if (number === undefined) return [];
  const content = device.names('iommu_group/devices').sort().flatMap(addressFact);
  return content.length === 0 ? [] : [{ name: 'iommuGroup', attributes: { number }, content }];
}

function expressFacts(express: PciExpress | undefined): Fact[] {
  if (express === undefined) return [];
  const name = 'pci-express';
  if (express.link === undefined) return [{ name }];
  const { can, is } = express.link;
  return [{ name, content: [linkFact('cap', can), linkFact('sta', is)] }];
}

function linkFact(validity: string, link: PciLink & { readonly port?: number }): Fact {
  const { port, speed, width } = link;
  return {
    name: 'link',
    attributes: {
      validity,
      ...(port !== undefined && { port: String(port) }),
      ...(speed !== undefined && { speed }),
      width: String(width),
    },
  };
}
