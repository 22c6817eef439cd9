/** Leases from dnsmasq's file. dnsmasq rewrites it in place, so a reader may see an incomplete file. */
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { networkAddress, parseIp } from '../../domain/interface/ip-address';
import type { IpFamily } from '../../domain/interface/ip-address';
import { parseMac } from '../../domain/interface/mac-address';
import { fileError, naming } from '../../host/state/file-error';
import type { ActiveNetwork } from '../active-network';
import type { NetworkDefinition } from '../definition/definition';

/** An address that a network's DHCP server has given to a client. */
export interface Lease {
  /** Milliseconds since the epoch; missing if it never expires. */
  readonly expires?: number;
  /** In lower case with colons; '' for an IPv6 client that does not reveal its Ethernet address. */
  readonly mac: string;
  /** The family of `address`. */
  readonly family: IpFamily;
  /** The address that the client has, without a prefix. */
  readonly address: string;
  /** The prefix of the `<ip>` whose DHCP gave the lease. */
  readonly prefix: number;
  /** The client's name in dnsmasq; missing if it has none. */
  readonly hostname?: string;
  /** The client's identifier, for IPv6 its DUID: bytes in hexadecimal, with colons. */
  readonly clientId?: string;
  /** The identity association of an IPv6 lease, by which the client numbers its interfaces. */
  readonly iaid?: string;
}

/**
 * The leases that have not expired, in the file's order. Empty if there is no file yet.
 *
 * @throws SyscallError, with `path`.
 */
export async function readLeases({
  definition,
  paths,
}: Pick<ActiveNetwork, 'definition' | 'paths'>): Promise<Lease[]> {
  return parseLeases(await readSettled(paths.leases), definition, Date.now());
}

/** Reads the file. If it was written just now, reads it again until two reads give the same text. */
async function readSettled(path: string): Promise<string> {
  const [settled, pause, looks] = [100, 5, 20];
  let before: string | undefined;
  for (let look = 0; look < looks; look += 1) {
    const { text, age } = readWithAge(path);
    if (age > settled || (text === before && text.endsWith('\n'))) return text;
    before = text;
    await sleep(pause);
  }
  return before ?? '';
}

function readWithAge(path: string): { text: string; age: number } {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, age: Math.abs(Date.now() - statSync(path).mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw fileError(naming(path, error), 'read the leases');
    }
    return { text: '', age: Infinity };
  }
}

/**
 * Lines of the file: `EXPIRY MAC ADDRESS NAME CLIENT-ID`; after a line `duid SERVER-DUID`, those of IPv6:
 * `EXPIRY IAID ADDRESS NAME CLIENT-DUID`. `*` stands for a missing value. Incomplete lines are left out. Pure.
 */
export function parseLeases(text: string, definition: NetworkDefinition, now: number): Lease[] {
  // The last line is complete only if it ends with a newline.
  const whole = text.split('\n').slice(0, -1);
  const leases = whole.flatMap((line) => parseLine(line, definition));
  const macs = new Map(
    leases.flatMap(({ mac, clientId }) => {
      const duid = duidOf(clientId ?? '');
      return duid === undefined || mac === '' ? [] : [[duid, mac]];
    }),
  );
  return leases
    .filter(({ expires }) => expires === undefined || expires > now)
    .map((lease) =>
      lease.mac === '' ? { ...lease, mac: macs.get(lease.clientId ?? '') ?? '' } : lease,
    );
}

function parseLine(line: string, definition: NetworkDefinition): Lease[] {
  const fields = line.split(' ');
  const [expiry = '', who = '', where = '', name = '', id = ''] = fields;
  const ip = parseIp(where);
  if (fields.length !== 5 || !/^\d+$/.test(expiry) || ip === undefined || id === '') return [];
  const { family, address } = ip;
  const mac = family === 'ipv4' ? hardwareAddress(who) : macOfDuid(id);
  if (mac === undefined) return [];
  return [
    {
      ...(expiry === '0' ? {} : { expires: Number(expiry) * 1000 }),
      mac,
      family,
      address,
      prefix: prefixFor(address, definition),
      ...(name === '*' ? {} : { hostname: name }),
      ...(id === '*' ? {} : { clientId: id }),
      ...(family === 'ipv6' ? { iaid: who } : {}),
    },
  ];
}

/** The hardware address. If it is not an Ethernet address, dnsmasq puts the hardware type before it: `20-80:00:…`. */
function hardwareAddress(text: string): string | undefined {
  return parseMac(text) ?? (/^[0-9a-f]{2}-[0-9a-f:]*$/.test(text) ? text.slice(3) : undefined);
}

/** The Ethernet address in a DUID of type LLT or LL (RFC 8415, 11.2 and 11.4); '' for other types. */
function macOfDuid(duid: string): string {
  const [, llt, ll] =
    /^00:01:00:01:(?:[0-9a-f]{2}:){4}((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$|^00:03:00:01:((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$/.exec(
      duid,
    ) ?? [];
  return llt ?? ll ?? '';
}

/** The DUID in an IPv4 client's identifier: `ff`, four bytes of IAID, DUID (RFC 4361). */
function duidOf(clientId: string): string | undefined {
  return /^ff(?::[0-9a-f]{2}){4}:(.+)$/.exec(clientId)?.[1];
}

function prefixFor(address: string, { ips }: NetworkDefinition): number {
  const ip = parseIp(address);
  const own = ips.find(({ family, address: of, prefix }) => {
    const gateway = parseIp(of);
    if (ip === undefined || gateway === undefined || family !== ip.family) return false;
    return networkAddress(ip, prefix).value === networkAddress(gateway, prefix).value;
  });
  return own?.prefix ?? (ip?.family === 'ipv6' ? 128 : 32);
}
