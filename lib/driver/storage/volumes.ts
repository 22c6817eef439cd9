/** The volumes of active storage pools: found, made, copied, changed and removed. */
import { basename, dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { VolumeDefinition } from '../../storage/definition/definition';
import type { PoolUsage } from '../../storage/definition/format-pool';
import { isPlain } from '../../storage/definition/formats';
import { parseVolume, type VolumeOrigin } from '../../storage/definition/parse-volume';
import { kindOf } from '../../storage/kinds/kind-of';
import { knownVolumes, writeKnownVolumes } from '../../storage/pool/known-volumes';
import { wipeVolume, type Resizing, type WipeAlgorithm } from '../../storage/volume/change';
import { checkExtent, readingFrom, writingTo, type Extent } from '../../storage/volume/transfer';
import type { FoundVolume } from '../../storage/volume/volume';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import type { Session } from '../session/session';
import { allPools, currentActivePool, type KnownPool } from './lookup';
import type { CopyVolumeOptions, CreateVolumeOptions } from './types';

/** A volume by its names: that of its pool, and its own. */
export interface VolumeIdentity {
  readonly pool: Identity;
  readonly name: string;
}

/** By name. @throws TslxcError OPERATION_INVALID when the pool is not active, NO_STORAGE_POOL; SyscallError. */
export async function listVolumes(session: Session, pool: Identity): Promise<FoundVolume[]> {
  const { definition } = currentActivePool(session, pool);
  return kindOf(definition).volumes(definition, knownVolumes(session.paths, pool.name));
}

/** @throws as `listVolumes`; TslxcError NO_STORAGE_VOL. */
export async function findVolume(
  session: Session,
  { pool, name }: VolumeIdentity,
): Promise<FoundVolume> {
  const { definition } = currentActivePool(session, pool);
  const isKnown = knownVolumes(session.paths, pool.name).has(name);
  const found = isKnown ? await kindOf(definition).volume(definition, name) : undefined;
  if (found !== undefined) return found;
  throw new TslxcError('NO_STORAGE_VOL', `no storage vol with matching name '${name}'`);
}

/** The volume at a path, in whichever active pool. @throws TslxcError NO_STORAGE_VOL; SyscallError. */
export async function findVolumeByPath(
  session: Session,
  path: string,
): Promise<VolumeIdentity & Pick<FoundVolume, 'path'>> {
  const folder = path.startsWith('/') ? dirname(path.replace(/\/+/g, '/')) : undefined;
  const pool = (await allPools(session)).find(
    ({ state, definition }) => state.phase === 'active' && definition?.target === folder,
  );
  if (pool?.definition !== undefined) {
    const name = basename(path);
    const isKnown = knownVolumes(session.paths, pool.name).has(name);
    const { definition } = pool;
    const found = isKnown ? await kindOf(definition).volume(definition, name) : undefined;
    if (found !== undefined) {
      return { pool: { name: pool.name, uuid: pool.uuid }, name, path: found.path };
    }
  }
  throw new TslxcError('NO_STORAGE_VOL', `no storage vol with matching path '${path}'`);
}

/** @throws DefinitionError; as `makeVolume` and `listVolumes`. */
export async function createVolume(
  session: Session,
  pool: Identity,
  { xml, ...options }: CreateVolumeOptions & { readonly xml: string },
): Promise<VolumeIdentity> {
  const definition = await readVolumeText(session, { xml, origin: 'new' }, options);
  const { preallocate } = options;
  await session.lockedPool(pool.name, async () => {
    const active = currentActivePool(session, pool).definition;
    const kind = kindOf(active);
    checkRoom(definition, await kind.look(active));
    await kind.make(active, definition, preallocate === undefined ? {} : { preallocate });
    learn(session, pool, definition.name);
  });
  return { pool, name: definition.name };
}

/** What is too large would fill the file system before it fails. @throws TslxcError OPERATION_FAILED. */
function checkRoom(
  { name, format, capacity = 0, allocation = capacity }: VolumeDefinition,
  { available }: PoolUsage,
): void {
  if (!isPlain(format) || allocation <= available) return;
  const detail = `volume '${name}' is to take ${allocation} bytes, and its pool has ${available} left`;
  throw new TslxcError('OPERATION_FAILED', detail);
}

/** @throws DefinitionError; as `copyVolume` and `listVolumes`. */
export async function createVolumeFrom(
  session: Session,
  pool: Identity,
  what: CopyVolumeOptions & { readonly xml: string; readonly from: VolumeIdentity },
): Promise<VolumeIdentity> {
  const { xml, from, ...options } = what;
  const definition = await readVolumeText(session, { xml, origin: 'copy' }, options);
  const { preallocate, reflink } = options;
  const original = await findVolume(session, from);
  await session.lockedPool(pool.name, async () => {
    const active = currentActivePool(session, pool).definition;
    await kindOf(active).copy(active, definition, {
      from: original,
      style: reflink === 'required' ? 'shared' : 'any',
      ...(preallocate === undefined ? {} : { preallocate }),
    });
    learn(session, pool, definition.name);
  });
  return { pool, name: definition.name };
}

/** @throws as `findVolume` and `removeVolume`. */
export async function deleteVolume(session: Session, identity: VolumeIdentity): Promise<void> {
  const { pool, name } = identity;
  await changing(session, identity, async (volume, { definition }) => {
    await kindOf(definition).removeVolume(definition, volume);
    forget(session, pool, name);
  });
}

/** Puts a volume that is there on record. Under the lock of the pool. */
export function learn({ paths }: Session, pool: Identity, name: string): void {
  writeKnownVolumes(paths, pool.name, new Set([...knownVolumes(paths, pool.name), name]));
}

/** The same of one that is gone. */
export function forget({ paths }: Session, pool: Identity, name: string): void {
  const left = [...knownVolumes(paths, pool.name)].filter((one) => one !== name);
  writeKnownVolumes(paths, pool.name, left);
}

/** @throws as `findVolume` and `resizeVolume`; TslxcError INVALID_ARG for what is no size. */
export async function changeVolumeSize(
  session: Session,
  identity: VolumeIdentity,
  { capacity, ...resizing }: Resizing & { readonly capacity: number },
): Promise<void> {
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw new TslxcError('INVALID_ARG', `capacity ${capacity} is not a number of bytes`);
  }
  await changing(session, identity, async (volume, { definition }) => {
    const kind = kindOf(definition);
    const { available } = await kind.look(definition);
    await kind.resize(volume, capacity, { ...resizing, available });
  });
}

/** @throws as `findVolume` and `wipeVolume`. */
export async function eraseVolume(
  session: Session,
  identity: VolumeIdentity,
  algorithm: WipeAlgorithm,
): Promise<void> {
  await changing(session, identity, (volume) => wipeVolume(volume, algorithm));
}

/** @throws as `findVolume` and `readingFrom`. */
export async function downloadVolume(
  session: Session,
  identity: VolumeIdentity,
  extent: Extent,
): Promise<Readable> {
  checkExtent(extent);
  return readingFrom((await findVolume(session, identity)).path, extent);
}

/** @throws as `findVolume` and `writingTo`. */
export async function uploadVolume(
  session: Session,
  identity: VolumeIdentity,
  extent: Extent,
): Promise<Writable> {
  checkExtent(extent);
  return writingTo((await findVolume(session, identity)).path, extent);
}

/** Changes a volume under the lock of its pool. */
async function changing(
  session: Session,
  identity: VolumeIdentity,
  change: (volume: FoundVolume, pool: KnownPool) => Promise<void>,
): Promise<void> {
  await session.lockedPool(identity.pool.name, async () => {
    const volume = await findVolume(session, identity);
    await change(volume, currentActivePool(session, identity.pool));
  });
}

async function readVolumeText(
  session: Session,
  { xml, origin }: { readonly xml: string; readonly origin: VolumeOrigin },
  options: CreateVolumeOptions,
) {
  const definition = parseGiven(session, options, (unknown) => parseVolume(xml, origin, unknown));
  if (isToBeValidated(session, options)) {
    await validateText(xml, definition, installedSchemas.storageVolume);
  }
  return definition;
}
