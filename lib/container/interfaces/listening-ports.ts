/**
 * The TCP ports that are listened on in a container, read from outside: proc_net(5) of its init's network namespace. Those of the host,
 * and its UDP ports, likewise.
 */
import { readFile } from 'node:fs/promises';
import { formatIp } from '../../domain/interface/ip-address';
import { isInitOf } from '../init/init-process';
import type { RunningRecord } from '../record/run-state';
import { fileError, hasErrno, saysEnded } from '../../host/state/file-error';
import { constants as system } from 'node:os';

/** A listening TCP socket, or a UDP socket that takes packets from anywhere. */
export interface Listening {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly port: number;
}

/** TCP_LISTEN of the kernel's tcp_states.h; of a UDP socket TCP_CLOSE, which is connected to no other. */
const openStates = { tcp: '0A', udp: '07' } as const;

/** Of the host, by protocol. */
export type HostListening = Readonly<Record<'tcp' | 'udp', readonly Listening[]>>;

/** Undefined when the container has ended. */
export async function listeningInside(running: RunningRecord): Promise<Listening[] | undefined> {
  const [four, six] = await Promise.all([
    tableOf(running.init, 'tcp'),
    tableOf(running.init, 'tcp6'),
  ]);
  // Checked after reading: the pid could have been reused before.
  if (four === undefined || !isInitOf(running)) return undefined;
  // A kernel without IPv6 has no second table.
  return bothTables('tcp', four, six);
}

/** The ports of this process' network namespace at which programs listen. @throws SyscallError. */
export async function listeningOutside(): Promise<HostListening> {
  const read = async (protocol: 'tcp' | 'udp'): Promise<Listening[]> => {
    const [four, six] = await Promise.all([
      tableOf('self', protocol),
      tableOf('self', `${protocol}6`),
    ]);
    return bothTables(protocol, four, six);
  };
  return { tcp: await read('tcp'), udp: await read('udp') };
}

function bothTables(
  protocol: 'tcp' | 'udp',
  four: string | undefined,
  six: string | undefined,
): Listening[] {
  const state = openStates[protocol];
  return [...parseTable(four ?? '', 'ipv4', state), ...parseTable(six ?? '', 'ipv6', state)];
}

async function tableOf(
  pid: number | 'self',
  table: 'tcp' | 'tcp6' | 'udp' | 'udp6',
): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/net/${table}`, 'latin1');
  } catch (error) {
    // EINVAL: a zombie has no network any more.
    if (saysEnded(error) || hasErrno(error, system.errno.EINVAL)) return undefined;
    throw fileError(error, 'look for listening sockets');
  }
}

/** The sockets of `/proc/PID/net/tcp`, or of a table beside it, that are in this state. */
function parseTable(text: string, family: Listening['family'], wanted: string): Listening[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [, address, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
    if (state !== wanted || address === undefined || port === undefined) return [];
    return [{ family, address: formatIp(family, valueOf(address)), port: parseInt(port, 16) }];
  });
}

/** The kernel prints an address in words of 32 bits: four bytes in network order, read as a number in the host's byte order. */
function valueOf(hex: string): bigint {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) writeHostWord(bytes, parseInt(word, 16), index * 4);
  return BigInt(`0x${bytes.toString('hex')}`);
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function writeHostWord(bytes: Buffer, word: number, at: number): void {
  if (isLittleEndian) bytes.writeUInt32LE(word, at);
  else bytes.writeUInt32BE(word, at);
}
