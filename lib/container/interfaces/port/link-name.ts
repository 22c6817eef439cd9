/**
 * By which name the containers of a network find each other: the domain's, in files that the network's dnsmasq reads. Where DHCP
 * gives the address, the files also say which: the one that is claimed here, so that the name, and forwarded ports, lead to it.
 */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { InterfaceDefinition } from '../../../domain/interface/definition';
import { parseIp } from '../../../domain/interface/ip-address';
import { hasErrno, naming } from '../../../host/state/file-error';
import { addressChoices, isOffered, type DhcpChoice } from './dhcp-choice';

/** Where a network's dnsmasq looks, and what it gives. */
export interface NamePlaces {
  /** With the folders `hosts`, `addresses` and `claims`; missing where the network was started by an older package. */
  readonly folder: string;
  /** The file with dnsmasq's pid. */
  readonly pid: string;
  /** Whether it answers for names. */
  readonly hasNames: boolean;
  readonly dhcp?: DhcpChoice;
}

export interface LinkName extends NamePlaces {
  readonly mac: string;
  /** Absent for a domain whose name is none for a host. */
  readonly name?: string;
  /** Those that are known already. */
  readonly addresses: readonly string[];
  /** The one of them that DHCP would give to others. */
  readonly held?: string;
}

/** What is given back. */
export type NamedLink = Pick<LinkName, 'folder' | 'mac'>;

/** RFC 1123, and the underscores that dnsmasq takes. */
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

/** For private use, says ICANN. */
const ownDomain = 'internal';

const EEXIST = 17;
const ESRCH = 3;

/** `reserved`: the addresses that a `<host>` has. Undefined where dnsmasq has nothing to be told. */
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

/** Resolves to the address that DHCP will give; undefined without DHCP, and when no address is left. */
export function placeName(link: LinkName): string | undefined {
  const { folder, mac, addresses, dhcp, held, pid } = link;
  if (!existsSync(folder)) return undefined;
  if (dhcp === undefined) {
    // Where another interface has it already, two have one address, as their definitions say.
    const kept = held === undefined ? undefined : takeFirst(link, [held]);
    writeHosts(link, addresses);
    if (kept !== undefined) hangUp(pid);
    return undefined;
  }
  const address = takeFirst(link, addressChoices(mac, dhcp, textOf(dhcp.leases)));
  writeHosts(link, address === undefined ? addresses : [...addresses, address]);
  if (address !== undefined) hangUp(pid);
  return address;
}

/** Keeps the first of the addresses that is no other interface's, for this one alone. */
function takeFirst(link: LinkName, choices: Iterable<string>): string | undefined {
  const { folder, mac } = link;
  for (const address of choices) {
    // First what undoing looks for.
    put(join(folder, 'claims', mac), address);
    if (claim(link, address)) return address;
  }
  rmSync(join(folder, 'claims', mac), { force: true });
  return undefined;
}

/** Addresses that no client has, and that are kept for no other interface; the best first. */
export function* freeAddresses({ folder, mac }: NamedLink, dhcp: DhcpChoice): Generator<string> {
  for (const address of addressChoices(mac, dhcp, textOf(dhcp.leases))) {
    const owner = textOf(join(folder, 'addresses', address));
    if (owner === '' || owner.startsWith(`${mac},`)) yield address;
  }
}

/** The address that is kept for a running container; undefined where none was claimed. */
export function claimedAddress({ folder, mac }: NamedLink): string | undefined {
  return textOf(join(folder, 'claims', mac)).trim() || undefined;
}

/** Nothing happens when nothing was written, or the network has ended. */
export function removeName(link: NamedLink): void {
  const { folder, mac } = link;
  const address = claimedAddress(link);
  if (address !== undefined) {
    const path = join(folder, 'addresses', address);
    if (textOf(path).startsWith(`${mac},`)) rmSync(path, { force: true });
  }
  for (const kind of ['hosts', 'claims']) rmSync(join(folder, kind, mac), { force: true });
}

/** An address is one interface's: the file can be made once. */
function claim({ folder, mac }: LinkName, address: string): boolean {
  const path = join(folder, 'addresses', address);
  try {
    writeFileSync(path, `${mac},${address}\n`, { flag: 'wx' });
  } catch (error) {
    if (hasErrno(error, EEXIST)) return textOf(path).startsWith(`${mac},`);
    throw naming(path, error);
  }
  chmodSync(path, 0o644);
  return true;
}

/**
 * dnsmasq would take the name of an address that it gives by DHCP for that of the client, in the place of the one that the client
 * tells, unless it is in another domain: so the first name is, which is what a reverse lookup gives.
 */
function writeHosts({ folder, mac, name }: LinkName, addresses: readonly string[]): void {
  if (name === undefined || addresses.length === 0) return;
  const lines = addresses.map((address) => `${address} ${name}.${ownDomain} ${name}`);
  put(join(folder, 'hosts', mac), lines.join('\n'));
}

/** At once as a whole: dnsmasq reads what appears in a folder, but for hidden files, which it passes over. */
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

/** Has dnsmasq read all anew: an address that was another's it would not give. */
function hangUp(pidFile: string): void {
  const pid = Number.parseInt(textOf(pidFile), 10);
  if (!(pid > 0) || textOf(`/proc/${pid}/comm`).trim() !== 'dnsmasq') return;
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    if (!hasErrno(error, ESRCH)) throw error;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
