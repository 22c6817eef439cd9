/** define, create, start, destroy, build, delete, undefine and autostart of storage pools, and which of them may be there together. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { withPath } from '../../host/state/file-error';
import type { PoolDefinition } from '../../storage/definition/definition';
import { kindOf } from '../../storage/kinds/kind-of';
import { writeKnownVolumes } from '../../storage/pool/known-volumes';
import { forgetPool, writeOffPool } from '../../storage/pool/state';
import { definedWithout } from '../../domain/warnings';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import { parseGivenPool, type Given } from '../session/given';
import { lockPoolChoices } from '../session/identity-lock';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';
import {
  currentActivePool,
  currentPool,
  definitionOf,
  describePool,
  knownPools,
  poolInvalid,
} from './lookup';
import type { FoundPool } from './lookup';
import { clearLeft, endPool, launchPool } from './start';

/**
 * Stores a definition; an active pool of that name goes on unchanged.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name, uuid or folder belong to another pool; and as `validateText`.
 */
export async function definePool(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<Identity> {
  const parsed = await readPoolText(session, xml, options);
  const { name } = parsed.definition;
  session.pools.path(name);
  const identity = await session.lockedPool(name, async () => {
    using _choices = await lockPoolChoices(session);
    return await session.pools.exclusive(async () => {
      const definition = takeOver(parsed, describePool(session, name));
      await checkIsFree(session, definition);
      await session.pools.write(definition);
      return { name, uuid: definition.uuid };
    });
  });
  warnOfUnknown(session, parsed.definition, options);
  return identity;
}

/** How a pool is created. */
export interface CreatePoolOptions extends DefineOptions {
  /** Whether its folder is made first, as `StoragePool.build` does. Default: false. */
  readonly build?: boolean | undefined;
}

/**
 * Starts a pool from XML text: a transient one, or the inactive stored one of that name and uuid, whose stored definition does not
 * change.
 *
 * @throws as `definePool`; TslxcError OPERATION_INVALID when it is active; SyscallError.
 */
export async function createPool(
  session: Session,
  xml: string,
  options: CreatePoolOptions,
): Promise<Identity> {
  const parsed = await readPoolText(session, xml, options);
  const { name } = parsed.definition;
  session.pools.path(name);
  const identity = await session.lockedPool(name, async () => {
    using _choices = await lockPoolChoices(session);
    const existing = describePool(session, name);
    const definition = takeOver(parsed, existing);
    await checkIsFree(session, definition);
    if (existing?.state.phase === 'active')
      throw poolInvalid(`pool is already active as '${name}'`);
    if (options.build === true) await kindOf(definition).build(definition);
    await launchPool(session, definition);
    return { name, uuid: definition.uuid };
  });
  warnOfUnknown(session, parsed.definition, options);
  return identity;
}

/** Starts the stored definition. @throws TslxcError OPERATION_INVALID when it is active, NO_STORAGE_POOL; SyscallError. */
export async function startPool(
  session: Session,
  identity: Identity,
  { build = false }: Pick<CreatePoolOptions, 'build'>,
): Promise<void> {
  await changingInactive(session, { identity, words: 'is already active' }, async (found) => {
    const definition = definitionOf(session, found);
    if (build) await kindOf(definition).build(definition);
    await withPath(session.pools.path(identity.name), () => launchPool(session, definition));
  });
}

/**
 * Ends it: its volumes stay.
 *
 * @throws TslxcError OPERATION_INVALID when it is not active, NO_STORAGE_POOL; OPERATION_FAILED when its file system is in use.
 */
export async function destroyPool(session: Session, identity: Identity): Promise<void> {
  await session.lockedPool(identity.name, async () => {
    currentActivePool(session, identity);
    await endPool(session, identity);
  });
}

/** Makes its folder, or its volume group. @throws TslxcError OPERATION_INVALID when it is active, NO_STORAGE_POOL; SyscallError. */
export async function buildPool(session: Session, identity: Identity): Promise<void> {
  await changingInactive(session, { identity, words: 'is already active' }, async (found) => {
    await clearLeft(session, found.name);
    const definition = definitionOf(session, found);
    await kindOf(definition).build(definition);
  });
}

/** Removes its folder or its volume group, which has to be empty. @throws as `buildPool`. */
export async function deletePool(session: Session, identity: Identity): Promise<void> {
  await changingInactive(session, { identity, words: 'is still active' }, async (found) => {
    await clearLeft(session, found.name);
    const definition = definitionOf(session, found);
    await kindOf(definition).remove(definition);
  });
}

/** Removes the stored definition. @throws TslxcError OPERATION_INVALID when it is active, NO_STORAGE_POOL. */
export async function undefinePool(session: Session, identity: Identity): Promise<void> {
  const { name } = identity;
  await changingInactive(session, { identity, words: 'is still active' }, async () => {
    await clearLeft(session, name);
    await session.pools.remove(name);
    forgetPool(session.paths, name);
  });
}

/** Finds out which volumes it has. @throws TslxcError OPERATION_INVALID when it is not active; SyscallError. */
export async function refreshPool(session: Session, identity: Identity): Promise<void> {
  const { name } = identity;
  await session.lockedPool(name, async () => {
    const { definition } = currentActivePool(session, identity);
    writeKnownVolumes(session.paths, name, await kindOf(definition).names(definition));
  });
}

/** Sets whether it is started with the host. It is not started now. @throws TslxcError INTERNAL_ERROR, as in libvirt, for a transient pool; NO_STORAGE_POOL. */
export async function setPoolAutostart(
  session: Session,
  identity: Identity,
  autostart: 'on' | 'off',
): Promise<void> {
  const { name } = identity;
  await session.lockedPool(name, async () => {
    const { state, persistence } = currentPool(session, identity);
    if (persistence === 'transient')
      throw new TslxcError('INTERNAL_ERROR', 'pool has no config file');
    // It takes effect at the next boot; until then, the pool is off because no caller has started it.
    if (autostart === 'on' && state.phase === 'off' && state.why === undefined) {
      writeOffPool(session.paths, identity, 'asked');
    }
    await session.pools.setAutostart(name, autostart);
  });
}

/** Runs `change` under the lock of a pool that is off. @throws TslxcError OPERATION_INVALID, with `words`, when it is active. */
async function changingInactive(
  session: Session,
  { identity, words }: { readonly identity: Identity; readonly words: string },
  change: (found: FoundPool) => Promise<void>,
): Promise<void> {
  await session.lockedPool(identity.name, async () => {
    const found = currentPool(session, identity);
    if (found.state.phase === 'active') throw poolInvalid(`storage pool '${found.name}' ${words}`);
    await change(found);
  });
}

async function readPoolText(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<Given<PoolDefinition>> {
  const parsed = parseGiven(session, options, (unknown) => parseGivenPool(xml, unknown));
  if (isToBeValidated(session, options)) {
    await validateText(xml, parsed.definition, installedSchemas.storagePool);
  }
  return parsed;
}

/** Warns of what libvirt's schema does not know, in the log, and to the caller. */
function warnOfUnknown(
  { logger }: Session,
  { name, unknown }: PoolDefinition,
  { onWarning }: Pick<DefineOptions, 'onWarning'>,
): void {
  for (const warning of definedWithout(unknown)) {
    logger.warn({ pool: name, warning: warning.detail }, warning.message);
    onWarning?.(warning);
  }
}

/** Without a `<uuid>` of its own, a definition is a new one of the pool that has the name. One that can't be read is replaced by any. */
function takeOver(
  { definition, uuid }: Given<PoolDefinition>,
  existing: FoundPool | undefined,
): PoolDefinition {
  if (existing === undefined || existing.unreadable !== undefined) return definition;
  if (existing.uuid === definition.uuid) return definition;
  if (uuid === 'generated') return { ...definition, uuid: existing.uuid };
  const detail = `pool '${definition.name}' already exists with uuid ${existing.uuid}`;
  throw new TslxcError('OPERATION_FAILED', detail);
}

/** Whether two pools would have the same volumes. */
function isSamePlace(one: PoolDefinition, other: PoolDefinition): boolean {
  const { mount } = one.source;
  if (mount !== undefined && mount.device === other.source.mount?.device) return true;
  return one.target === other.target;
}

/** Two pools have different uuids, folders and devices. @throws TslxcError OPERATION_FAILED, in libvirt's words. */
async function checkIsFree(session: Session, definition: PoolDefinition): Promise<void> {
  const { name, uuid } = definition;
  const others = (await knownPools(session)).filter((one) => one.name !== name);
  const namesake = others.find((one) => one.uuid === uuid);
  if (namesake !== undefined) {
    const detail = `pool '${namesake.name}' is already defined with uuid ${uuid}`;
    throw new TslxcError('OPERATION_FAILED', detail);
  }
  const neighbour = others.find(
    (one) => one.definition !== undefined && isSamePlace(one.definition, definition),
  );
  if (neighbour === undefined) return;
  const detail = `Storage source conflict with pool: '${neighbour.name}'`;
  throw new TslxcError('OPERATION_FAILED', detail);
}
