/**
 * The name by which the containers of a network find each other: the domain's, in files that the network's dnsmasq
 * reads. If DHCP gives the address, the files also say which one: it is claimed here, so that the name, and forwarded
 * ports, lead to it.
 */
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { InterfaceDefinition } from '../../../domain/interface/definition';
import { parseIp } from '../../../domain/interface/ip-address';
import { readText } from '../../../host/kernel/text-file';
import { hasErrno, naming, isThere } from '../../../host/state/file-error';
import { addressChoices, isOffered, type DhcpChoice } from './dhcp-choice';

/** Where a network's dnsmasq looks, and what it gives. */
export interface NamePlaces {
  /**
   * Holds the folders `hosts`, `addresses` and `claims`; missing if the network was started by an older version of the
   * package.
   */
  readonly folder: string;
  /** The file with dnsmasq's pid. */
  readonly pid: string;
  /** Whether dnsmasq resolves names. */
  readonly hasNames: boolean;
  readonly dhcp?: DhcpChoice;
}

export interface LinkName extends NamePlaces {
  readonly mac: string;
  /** Absent if dnsmasq does not resolve names, or the domain's name can't be a host's. */
  readonly name?: string;
  /** The addresses that are known already. */
  readonly addresses: readonly string[];
  /** The one of them that DHCP would otherwise give to others. */
  readonly held?: string;
}

/** Identifies what is to be removed. */
export type NamedLink = Pick<LinkName, 'folder' | 'mac'>;

/** RFC 1123, and the underscores that dnsmasq takes. */
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

/** Reserved by ICANN for private use. */
const ownDomain = 'internal';

const EEXIST = 17;
const ESRCH = 3;

/** `reserved`: the addresses that a `<host>` has. Undefined if there is nothing to tell dnsmasq. */
export function linkName(
  domain: string,
  { mac, addresses }: Pick<InterfaceDefinition, 'mac' | 'addresses'>,
  {
    places,
    reserved,
  }: { readonly places: NamePlaces | undefined; readonly reserved: readonly string[] },
): LinkName | undefined {
  if (places === undefined) return undefined;
  const { dhcp, ...rest } = places;
  const known = [...addresses.map(({ address }) => address), ...reserved];
  const own = known.find((address) => parseIp(address)?.family === 'ipv4');
  const isNamed = rest.hasNames && hostName.test(domain);
  const isHeld = own !== undefined && dhcp !== undefined && isOffered(own, dhcp);
  const isGiven = own === undefined && dhcp !== undefined;
  if (!isNamed && !isGiven && !isHeld) return undefined;
  return {
    ...rest,
    mac,
    addresses: known,
    ...(isNamed ? { name: domain } : {}),
    ...(isGiven ? { dhcp } : {}),
    ...(isHeld ? { held: own } : {}),
  };
}

/**
 * Tells dnsmasq about the interface. Returns the address that DHCP will give; undefined without DHCP, and when no
 * address is left.
 */
export function placeName(link: LinkName): string | undefined {
  const { folder, mac, addresses, dhcp, held, pid } = link;
  if (!isThere(folder)) return undefined;
  if (dhcp === undefined) {
    // If another interface has claimed it already, two have one address, as their definitions say.
    const kept = held === undefined ? undefined : takeFirst(link, [held]);
    writeHosts(link, addresses);
    if (kept !== undefined) hangUp(pid);
    return undefined;
  }
  const address = takeFirst(link, addressChoices(mac, dhcp, readText(dhcp.leases)));
  writeHosts(link, address === undefined ? addresses : [...addresses, address]);
  if (address !== undefined) hangUp(pid);
  return address;
}

/** Claims for this interface the first of the addresses that no other interface has. */
function takeFirst(link: LinkName, choices: Iterable<string>): string | undefined {
  const { folder, mac } = link;
  for (const address of choices) {
    // Written first: the undo step looks for it.
    put(join(folder, 'claims', mac), address);
    if (claim(link, address)) return address;
  }
  rmSync(join(folder, 'claims', mac), { force: true });
  return undefined;
}

/** Addresses that no client has, and that no other interface has claimed; the best first. */
export function* freeAddresses({ folder, mac }: NamedLink, dhcp: DhcpChoice): Generator<string> {
  for (const address of addressChoices(mac, dhcp, readText(dhcp.leases))) {
    const owner = readText(join(folder, 'addresses', address));
    if (owner === '' || owner.startsWith(`${mac},`)) yield address;
  }
}

/** The address that a running container has claimed; undefined if there is none. */
export function claimedAddress({ folder, mac }: NamedLink): string | undefined {
  return readText(join(folder, 'claims', mac)).trim() || undefined;
}

/** Removes the files of an interface. Does nothing when there are none, or the network has ended. */
export function removeName(link: NamedLink): void {
  const { folder, mac } = link;
  const address = claimedAddress(link);
  if (address !== undefined) {
    const path = join(folder, 'addresses', address);
    if (readText(path).startsWith(`${mac},`)) rmSync(path, { force: true });
  }
  for (const kind of ['hosts', 'claims']) rmSync(join(folder, kind, mac), { force: true });
}

/** Claims an address for one interface: the file can be created only once. */
function claim({ folder, mac }: LinkName, address: string): boolean {
  const path = join(folder, 'addresses', address);
  try {
    writeFileSync(path, `${mac},${address}\n`, { flag: 'wx' });
  } catch (error) {
    if (hasErrno(error, EEXIST)) return readText(path).startsWith(`${mac},`);
    throw naming(path, error);
  }
  chmodSync(path, 0o644);
  return true;
}

/**
 * Writes the names of an interface. For an address that it gives by DHCP, dnsmasq would use the name here in place of
 * the one that the client sends, unless the name is in another domain. So the first name, which a reverse lookup
 * returns, is in another domain.
 */
function writeHosts({ folder, mac, name }: LinkName, addresses: readonly string[]): void {
  if (name === undefined || addresses.length === 0) return;
  const lines = addresses.map((address) => `${address} ${name}.${ownDomain} ${name}`);
  put(join(folder, 'hosts', mac), lines.join('\n'));
}

/** Replaces the file atomically: dnsmasq reads each file that appears in a folder, except hidden ones. */
function put(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}`);
  try {
    writeFileSync(draft, `${text}\n`);
    chmodSync(draft, 0o644);
    renameSync(draft, path);
  } catch (error) {
    throw naming(draft, error);
  }
}

/** Makes dnsmasq read everything again: otherwise it would not give an address that was another interface's. */
function hangUp(pidFile: string): void {
  const pid = Number.parseInt(readText(pidFile), 10);
  if (!(pid > 0) || readText(`/proc/${pid}/comm`).trim() !== 'dnsmasq') return;
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    if (!hasErrno(error, ESRCH)) throw error;
  }
}
