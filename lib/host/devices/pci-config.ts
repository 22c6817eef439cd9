/**
 * The configuration space of a PCI device, as its specification lays it out. Who is not root gets its first 64 bytes: the kind of its
 * header is among them, its capabilities are not.
 */
import { readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { fileError, hasErrno, saysMissing } from '../state/file-error';

export interface PciConfiguration {
  readonly header: 'endpoint' | 'pci-bridge' | 'cardbus-bridge' | 'unknown';
  /** Undefined unless it is a PCI Express device. */
  readonly express?: PciExpress;
}

export interface PciExpress {
  /** What its link can do, and how it is used; undefined for what is built into the root complex and has none. */
  readonly link?: { readonly can: PciLink & { readonly port: number }; readonly is: PciLink };
}

export interface PciLink {
  /** GT/s; undefined where the device says nothing that the specification knows. */
  readonly speed?: string;
  readonly width: number;
}

const headers = ['endpoint', 'pci-bridge', 'cardbus-bridge'] as const;
const speeds = [undefined, '2.5', '5', '8', '16', '32', '64'] as const;

/** Undefined for a device that has gone, or that this process may not read. @throws SyscallError for any other error. */
export function readPciConfiguration(path: string): PciConfiguration | undefined {
  try {
    return parsePciConfiguration(readFileSync(path));
  } catch (error) {
    if (saysMissing(error) || hasErrno(error, system.errno.EACCES)) return undefined;
    throw fileError(error, 'read the configuration of a PCI device');
  }
}

/** Pure. */
export function parsePciConfiguration(bytes: Buffer): PciConfiguration {
  const header = headers[byteAt(bytes, 0x0e) & 0x7f] ?? 'unknown';
  const express = expressOf(bytes);
  return express === undefined ? { header } : { header, express };
}

/** The capability with that number, as an offset: a list, which begins where the byte 0x34 says. */
function capabilityAt(bytes: Buffer, wanted: number): number | undefined {
  if ((byteAt(bytes, 0x06) & 0x10) === 0) return undefined;
  const seen = new Set<number>();
  for (let at = byteAt(bytes, 0x34) & 0xfc; at !== 0 && !seen.has(at);) {
    if (at + 2 > bytes.length) return undefined;
    if (byteAt(bytes, at) === wanted) return at;
    seen.add(at);
    at = byteAt(bytes, at + 1) & 0xfc;
  }
  return undefined;
}

/** The capability 0x10, and the types of devices that have no link. */
const expressCapability = 0x10;
const linkless = [0x9, 0xa];

function expressOf(bytes: Buffer): PciExpress | undefined {
  const at = capabilityAt(bytes, expressCapability);
  if (at === undefined) return undefined;
  const type = byteAt(bytes, at + 2) >> 4;
  if (linkless.includes(type) || at + 0x14 > bytes.length) return {};
  const can = bytes.readUInt32LE(at + 0x0c);
  const is = bytes.readUInt16LE(at + 0x12);
  return { link: { can: { port: can >>> 24, ...linkOf(can) }, is: linkOf(is) } };
}

/** Both words have the speed in their lowest four bits, and the width in the six after those. */
function linkOf(word: number): PciLink {
  const speed = speeds[word & 0xf];
  return { ...(speed !== undefined && { speed }), width: (word & 0x3f0) >> 4 };
}

function byteAt(bytes: Buffer, offset: number): number {
  return bytes[offset] ?? 0;
}
