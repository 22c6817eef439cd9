/** Imports what a libvirt on this host has defined: networks, domains, and which of them are started with the host. */
import { lstatSync, statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DefinitionError, TslxcError } from '../../errors';
import { fileError, hasErrno } from '../../host/state/file-error';
import { defaultNetwork } from '../../network/lifecycle/default-network';
import { defineDomain } from '../definitions/define';
import { setAutostart } from '../lifecycle/autostart';
import { isUntouchedDefault } from '../networks/autostart';
import { defineNetwork, setNetworkAutostart } from '../networks/verbs';
import { parseGivenNetwork } from '../session/given';
import type { Session } from '../session/session';
import type { Imported, ImportOptions } from './types';

const ENOENT = 2;

/** The folder of libvirt's configuration. All its drivers share their networks. */
const usualFolder = '/etc/libvirt';

interface Source {
  readonly kind: Imported['kind'];
  /** Relative to libvirt's folder. */
  readonly folder: string;
}

/** Networks first, since domains name them. */
const sources: readonly Source[] = [
  { kind: 'network', folder: 'qemu/networks' },
  { kind: 'network', folder: 'network' },
  { kind: 'domain', folder: 'lxc' },
];

/**
 * The outcomes, by kind and file, failures included.
 *
 * @throws SyscallError when a folder can't be read; TslxcError INVALID_ARG when `from` is not a directory.
 */
export async function importLibvirt(
  session: Session,
  { from = usualFolder, onItem }: ImportOptions,
): Promise<Imported[]> {
  checkFolder(from);
  const all: Imported[] = [];
  for (const { kind, folder } of sources) {
    const path = join(from, folder);
    for (const file of await definitionFiles(path)) {
      const found: Found = { kind, path: join(path, file), link: join(path, 'autostart', file) };
      const item = await importOne(session, found);
      onItem?.(item);
      all.push(item);
    }
  }
  return all;
}

function checkFolder(from: string): void {
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new TslxcError('INVALID_ARG', `'${from}' is not a folder of libvirt`, { path: from });
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
  /** The link that exists when libvirt starts the domain or network with the host. */
  readonly link: string;
}

async function importOne(session: Session, found: Found): Promise<Imported> {
  const { kind, path, link } = found;
  const name = basename(path, '.xml');
  try {
    const xml = await readDefinition(path);
    const takeOver = kind === 'domain' ? takeOverDomain : takeOverNetwork;
    const autostart = lstatSync(link, { throwIfNoEntry: false }) === undefined ? 'off' : 'on';
    return { kind, path, ...(await takeOver(session, xml, autostart)) };
  } catch (cause) {
    const error = cause instanceof Error || TslxcError.is(cause) ? cause : new Error(String(cause));
    session.logger.error({ err: error, path }, 'a definition of libvirt could not be imported');
    return { kind, path, name, outcome: 'failed', autostart: 'off', error };
  }
}

/** @throws SyscallError; TslxcError INVALID_ARG for anything but a regular file, the read of which might never return. */
async function readDefinition(path: string): Promise<string> {
  try {
    if (!statSync(path).isFile()) throw new TslxcError('INVALID_ARG', `'${path}' is not a file`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw TslxcError.is(error) ? error : fileError(error, 'read a definition of libvirt');
  }
}

type Outcome = Pick<Imported, 'name' | 'outcome' | 'autostart'>;

async function takeOverDomain(
  session: Session,
  xml: string,
  autostart: 'on' | 'off',
): Promise<Outcome> {
  const { name } = session.parse(xml).definition;
  if (session.store.has(name)) {
    const now = session.store.isAutostarted(name) ? 'on' : 'off';
    return { name, outcome: 'exists', autostart: now };
  }
  const identity = await defineDomain(session, xml, {});
  if (autostart === 'on') await setAutostart(session, identity, 'on');
  return { name, outcome: 'imported', autostart };
}

/** libvirt's network `default` replaces tslxc's own, if that is unchanged and not running. */
async function takeOverNetwork(
  session: Session,
  xml: string,
  autostart: 'on' | 'off',
): Promise<Outcome> {
  const { definition } = parseGivenNetwork(xml);
  const { name, uuid } = definition;
  const exists = (): Outcome => {
    const now = session.networks.isAutostarted(name) ? 'on' : 'off';
    return { name, outcome: 'exists', autostart: now };
  };
  if (session.networks.has(name) && !givesWay(session, { name, uuid })) return exists();
  try {
    const identity = await defineNetwork(session, xml, {});
    if (autostart === 'on') await setNetworkAutostart(session, identity, 'on');
    return { name, outcome: 'imported', autostart };
  } catch (error) {
    if (name !== defaultNetwork || !session.networks.has(name)) throw error;
    if (!TslxcError.is(error, 'OPERATION_FAILED')) throw error;
    return exists();
  }
}

function givesWay(
  session: Session,
  { name, uuid }: { readonly name: string; readonly uuid: string },
): boolean {
  if (name !== defaultNetwork) return false;
  try {
    const former = session.networks.read(name);
    return former !== undefined && former.uuid !== uuid && isUntouchedDefault(session, former);
  } catch (error) {
    if (error instanceof DefinitionError) return false;
    throw error;
  }
}
