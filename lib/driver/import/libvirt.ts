/** Imports what a libvirt on this host has defined, and which of it is started with the host. */
import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, hasErrno, isThere } from '../../host/state/file-error';
import type { Session } from '../session/session';
import { takeOver } from './take-over';
import type { Imported, ImportOptions } from './types';

const ENOENT = 2;

/** The folder of libvirt's configuration. All its drivers share their networks, filters, pools and secrets. */
const usualFolder = '/etc/libvirt';

interface Source {
  readonly kind: Imported['kind'];
  /** Relative to libvirt's folder. */
  readonly folder: string;
  /** The hypervisor of a driver whose domains are left to libvirt. */
  readonly machinesOf?: string;
}

/** Domains last, since they name the others. */
const sources: readonly Source[] = [
  { kind: 'network-filter', folder: 'nwfilter' },
  { kind: 'network', folder: 'qemu/networks' },
  { kind: 'network', folder: 'network' },
  { kind: 'storage-pool', folder: 'storage' },
  { kind: 'secret', folder: 'secrets' },
  { kind: 'domain', folder: 'lxc' },
  { kind: 'domain', folder: 'qemu', machinesOf: 'QEMU' },
  { kind: 'domain', folder: 'libxl', machinesOf: 'Xen' },
  { kind: 'domain', folder: 'ch', machinesOf: 'Cloud Hypervisor' },
];

/**
 * The outcomes, by kind and file, failures included.
 *
 * @throws SyscallError when a folder can't be read; TslxcError INVALID_ARG when `from` is not a directory, or has none of the folders
 * that libvirt has there.
 */
export async function importLibvirt(
  session: Session,
  { from = usualFolder, onItem }: ImportOptions,
): Promise<Imported[]> {
  checkFolder(from);
  const all: Imported[] = [];
  for (const { kind, folder, machinesOf } of sources) {
    for (const file of await definitionFiles(join(from, folder))) {
      const path = join(from, folder, file);
      const link = join(from, folder, 'autostart', file);
      const item =
        machinesOf === undefined
          ? await importOne(session, { kind, path, link })
          : leftMachine(path, machinesOf);
      onItem?.(item);
      all.push(item);
    }
  }
  return all;
}

function checkFolder(from: string): void {
  const why = faultOfFolder(from);
  if (why !== undefined) throw new TslxcError('INVALID_ARG', why, { path: from });
}

function faultOfFolder(from: string): string | undefined {
  const state = statSync(from, { throwIfNoEntry: false });
  if (state === undefined) return `there is no '${from}'`;
  if (!state.isDirectory()) return `'${from}' is not a folder`;
  const isOfLibvirt =
    sources.some(({ folder }) => isThere(join(from, folder))) ||
    readdirSync(from).some((name) => /^(?:lib)?virt.*\.conf$/.test(name));
  return isOfLibvirt
    ? undefined
    : `'${from}' is not a folder of libvirt: it has no lxc, no network and nothing else of it`;
}

/** Names of the files *.xml, in order; none if the folder does not exist. */
async function definitionFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.xml')).sort();
  } catch (error) {
    if (hasErrno(error, ENOENT)) return [];
    throw fileError(error, 'read the definitions of libvirt');
  }
}

interface Found {
  readonly kind: Imported['kind'];
  readonly path: string;
  /** The link that exists when libvirt starts the domain, network or pool with the host. */
  readonly link: string;
}

function leftMachine(path: string, hypervisor: string): Imported {
  const detail = `it is a virtual machine of ${hypervisor}, and no container`;
  const error = new TslxcError('CONFIG_UNSUPPORTED', detail, { path });
  const name = basename(path, '.xml');
  return { kind: 'domain', path, name, outcome: 'left', autostart: 'off', error };
}

async function importOne(session: Session, found: Found): Promise<Imported> {
  const { kind, path, link } = found;
  const name = basename(path, '.xml');
  try {
    const xml = await readDefinition(path);
    const autostart = lstatSync(link, { throwIfNoEntry: false }) === undefined ? 'off' : 'on';
    const theirs = { xml, autostart, folder: dirname(path) } as const;
    return { kind, path, ...(await takeOver[kind](session, theirs)) };
  } catch (cause) {
    const error = cause instanceof Error || TslxcError.is(cause) ? cause : new Error(String(cause));
    const outcome = isForeign(error) ? 'left' : 'failed';
    const level = outcome === 'left' ? 'info' : 'error';
    session.logger[level]({ err: error, path }, 'a definition of libvirt was not imported');
    return { kind, path, name, outcome, autostart: 'off', error };
  }
}

/** A pool of a type that only virtual machines have, such as `rbd`. */
function isForeign(error: Error): boolean {
  return TslxcError.is(error, 'INTERNAL_ERROR') && error.element === 'pool/@type';
}

/**
 * @throws SyscallError; TslxcError INVALID_ARG for anything but a regular file, the read of which might never return, and for a
 * text that is not in UTF-8, which would be another one.
 */
async function readDefinition(path: string): Promise<string> {
  try {
    if (!statSync(path).isFile()) throw new TslxcError('INVALID_ARG', `'${path}' is not a file`);
    const bytes = await readFile(path);
    if (!isUtf8(bytes)) throw new TslxcError('INVALID_ARG', `'${path}' is not in UTF-8`);
    return bytes.toString();
  } catch (error) {
    throw TslxcError.is(error) ? error : fileError(error, 'read a definition of libvirt');
  }
}
