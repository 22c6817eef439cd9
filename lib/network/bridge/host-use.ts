/** The interface names, addresses and routes in use on this host, and those that libvirt will use. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseIp, prefixOfNetmask } from '../../domain/interface/ip-address';
import { native } from '../../host/native';
import type { Subnet, SubnetUse } from './collision';
import { fileError, saysMissing } from '../../host/state/file-error';

/** The folder of the networks that libvirt starts with this host. */
const libvirtAutostart = '/etc/libvirt/qemu/networks/autostart';

/** The addresses of the interfaces and the destinations of the routes, except those that every link has. */
export async function subnetsInUse(): Promise<SubnetUse[]> {
  const [links, addresses, routes] = await Promise.all([
    native().listLinks(),
    native().listAddresses(),
    native().listRoutes(),
  ]);
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const device = (index: number): string => names.get(index) ?? '';
  const uses = [
    ...addresses.map(({ index, family, address, prefix }) => {
      return { kind: 'address', family, address, prefix, device: device(index) } as const;
    }),
    ...routes
      .filter(({ prefix }) => prefix > 0)
      .map(({ index, family, address, prefix }) => {
        return { kind: 'route', family, address, prefix, device: device(index) } as const;
      }),
  ];
  return uses.filter(({ address }) => !/^(fe80|ff)/.test(address));
}

/** Names of all interfaces. */
export async function linkNames(): Promise<string[]> {
  return (await native().listLinks()).map(({ name }) => name);
}

/** The bridges and subnets of the networks that libvirt starts with the host, whether they run yet or not. */
export function libvirtNetworks(folder = libvirtAutostart): {
  readonly bridges: readonly string[];
  readonly subnets: readonly Subnet[];
} {
  const texts = readTexts(folder);
  const all = (pattern: RegExp) => texts.flatMap((text) => [...text.matchAll(pattern)]);
  return {
    bridges: all(/<bridge\s[^>]*\bname=['"]([^'"]+)['"]/g).map(([, name = '']) => name),
    subnets: all(/<ip\s[^>]*>/g).flatMap(([tag]) => subnetOfTag(tag)),
  };
}

function readTexts(folder: string): string[] {
  try {
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    // There is no libvirt, or it is changing its networks at this moment.
    if (saysMissing(error)) return [];
    throw fileError(error, 'look at the networks of libvirt');
  }
}

function subnetOfTag(tag: string): Subnet[] {
  const attribute = (name: string): string =>
    new RegExp(`\\b${name}=['"]([^'"]+)['"]`).exec(tag)?.[1] ?? '';
  const ip = parseIp(attribute('address'));
  const prefix = prefixOfNetmask(attribute('netmask')) ?? Number(attribute('prefix'));
  if (ip === undefined || !Number.isInteger(prefix) || prefix < 1) return [];
  return [{ family: ip.family, address: ip.address, prefix }];
}
