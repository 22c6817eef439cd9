/** The stored definitions of domains and of everything else that is defined, and what is filled in where their texts leave it out. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { machine } from 'node:os';
import { portId } from '../../container/interfaces/port-id';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { macFromBytes } from '../../domain/interface/mac-address';
import { parseDomain } from '../../domain/parse';
import type { ParseContext } from '../../domain/parse-session';
import { formatSecret, parseSecret, type SecretDefinition } from '../../domain/secret/secret';
import { monitorPath } from '../../host/package-paths';
import { DefinitionStore } from '../../host/state/definitions/definition-store';
import type { UnreadableFile } from '../../host/state/definitions/definition-name';
import type { Identity, StoreOptions } from '../../host/state/definitions/definition-store';
import type { NetworkDefinition } from '../../network/definition/definition';
import { formatNetwork } from '../../network/definition/format';
import { parseNetwork } from '../../network/definition/parse';
import type { NetworkFilterDefinition } from '../../network/filter/definition';
import { formatNetworkFilter } from '../../network/filter/format';
import { parseNetworkFilter } from '../../network/filter/parse';
import type { PoolDefinition } from '../../storage/definition/definition';
import { formatPool } from '../../storage/definition/format-pool';
import { parsePool } from '../../storage/definition/parse-pool';

export type DomainStore = DefinitionStore<DomainDefinition>;
export type NetworkStore = DefinitionStore<NetworkDefinition>;
export type PoolStore = DefinitionStore<PoolDefinition>;
export type SecretStore = DefinitionStore<SecretDefinition>;
export type NetworkFilterStore = DefinitionStore<NetworkFilterDefinition>;

type StorePlace<Definition extends Identity> = Pick<
  StoreOptions<Definition>,
  'directory' | 'parse' | 'logger' | 'known'
>;

export function domainStore(place: StorePlace<DomainDefinition>): DomainStore {
  const format = (definition: DomainDefinition): string => formatDomain(definition);
  const what = { kind: 'domain', command: 'tslxc define' };
  return new DefinitionStore({ ...what, format, standIn, ...place });
}

export function networkStore(place: StorePlace<NetworkDefinition>): NetworkStore {
  const format = (definition: NetworkDefinition): string => formatNetwork(definition);
  const what = { kind: 'network', command: 'tslxc net-define' };
  return new DefinitionStore({ ...what, format, standIn, ...place });
}

/** A secret is called by its uuid, also where its file can't be read. */
export function secretStore(place: StorePlace<SecretDefinition>): SecretStore {
  const what = { kind: 'secret', command: 'tslxc secret-define' };
  const standInOf = ({ name }: UnreadableFile): string => name;
  return new DefinitionStore({ ...what, format: formatSecret, standIn: standInOf, ...place });
}

export function networkFilterStore(place: StorePlace<NetworkFilterDefinition>): NetworkFilterStore {
  const what = { kind: 'network filter', command: 'tslxc nwfilter-define' };
  return new DefinitionStore({ ...what, format: formatNetworkFilter, standIn, ...place });
}

export function poolStore(place: StorePlace<PoolDefinition>): PoolStore {
  const format = (definition: PoolDefinition): string => formatPool(definition);
  const what = { kind: 'storage pool', command: 'tslxc pool-define' };
  return new DefinitionStore({ ...what, format, standIn, ...place });
}

/** What the meaning of a definition depends on, besides its text. */
export function thisHost(): Pick<ParseContext, 'arch' | 'emulator' | 'portId'> {
  return { arch: machine(), emulator: monitorPath, portId };
}

/** What is not known would be lost with the next change, and may be what a newer version of the package carries out. @throws DefinitionError. */
export function parseStoredDomain(xml: string, path: string): DomainDefinition {
  return parseDomain(xml, { ...thisHost(), ...generatorsOf(path), unknown: 'refused' });
}

/** The same for a network. @throws DefinitionError. */
export function parseStoredNetwork(xml: string, path: string): NetworkDefinition {
  return parseNetwork(xml, { ...generatorsOf(path), unknown: 'refused' });
}

/** The same for a secret. @throws DefinitionError. */
export function parseStoredSecret(xml: string, path: string): SecretDefinition {
  return parseSecret(xml, { ...generatorsOf(path), unknown: 'refused' });
}

/** The same for a filter. @throws DefinitionError. */
export function parseStoredNetworkFilter(xml: string, path: string): NetworkFilterDefinition {
  return parseNetworkFilter(xml, { ...generatorsOf(path), unknown: 'refused' });
}

/** The same for a storage pool. @throws DefinitionError. */
export function parseStoredPool(xml: string, path: string): PoolDefinition {
  return parsePool(xml, { ...generatorsOf(path), unknown: 'refused' });
}

/** Makes the uuid and the Ethernet addresses that a text leaves out. */
export type Generators = Pick<ParseContext, 'newUuid' | 'newMac'>;

export const atRandom: Generators = {
  newUuid: () => randomUUID(),
  newMac: () => macFromBytes(randomBytes(3)),
};

/** For a file that was written by hand without a uuid or addresses: made from its path, they are the same at each reading. */
export function generatorsOf(path: string): Generators {
  let macs = 0;
  const newMac = (): string => {
    macs += 1;
    return macFromBytes(createHash('sha256').update(`${path} ${macs}`).digest());
  };
  return { newUuid: () => uuidOfPath(path), newMac };
}

/** RFC 9562, version 8. */
function uuidOfPath(path: string): string {
  const digits = createHash('sha256').update(path).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

const characters: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&apos;', "'"],
  ['&quot;', '"'],
]);

function unescaped(entity: string): string {
  return characters.get(entity) ?? entity;
}

/**
 * Of a definition that can't be read: the uuid that its text names, if that is a definition of this name as far as it goes, and not a copy
 * of another one's. Else as that of a file without a uuid.
 */
function standIn({ path, name, text = '' }: UnreadableFile): string {
  const named = /<name>([^<]*)<\/name>/.exec(text)?.[1]?.trim().replace(/&\w+;/g, unescaped);
  const uuid = /<uuid>\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*<\/uuid>/i.exec(text)?.[1];
  return uuid !== undefined && named === name ? uuid.toLowerCase() : uuidOfPath(path);
}
