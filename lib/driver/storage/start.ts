/** Starts and ends a storage pool, for a caller or a boot. Under its lock. */
import { constants } from 'node:os';
import { describeErrno, SyscallError } from '../../errors';
import { present } from '../../present';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { PoolDefinition } from '../../storage/definition/definition';
import { formatPool } from '../../storage/definition/format-pool';
import { activateGroup, deactivateGroup, isGroupActive } from '../../storage/group/group';
import { kindOf } from '../../storage/kinds/kind-of';
import { writeKnownVolumes } from '../../storage/pool/known-volumes';
import { mountPointOf, mountSource, unmount } from '../../storage/pool/mount';
import { forgetPool, readPoolState, writeActivePool, writeOffPool } from '../../storage/pool/state';
import type { PoolBorrowed, PoolOffReason } from '../../storage/pool/state';
import type { Session } from '../session/session';

/**
 * Starts a pool that is off. After an error it is off, as it was before.
 *
 * @throws SyscallError if its folder can't be opened; TslxcError OPERATION_INVALID when something is mounted there; OPERATION_FAILED
 * with the words of mount(8) or of LVM; OPERATION_UNSUPPORTED when lvm2 is needed and not installed.
 */
export async function launchPool(session: Session, definition: PoolDefinition): Promise<void> {
  try {
    await attempt(session, definition);
  } catch (error) {
    throw namingBuild(definition, error);
  }
}

/** The error of a start that did not find the folder, with what makes it; any other one is returned as it is. */
function namingBuild({ target, source }: PoolDefinition, error: unknown): unknown {
  const isFolders = SyscallError.is(error) && error.path === target;
  if (!isFolders || error.errno !== constants.errno.ENOENT || source.group !== undefined) {
    return error;
  }
  const { errno, syscall, path, step } = error;
  const words = `the folder ${target} is missing: ${describeErrno(errno)}; pool-build makes it, or --build at the start`;
  return new SyscallError({ errno, syscall, ...present({ path, step }), cause: error }, words);
}

async function attempt(session: Session, definition: PoolDefinition): Promise<void> {
  const { paths, logger } = session;
  const { name, uuid } = definition;
  await clearLeft(session, name);
  const borrowed = await borrowedBy(definition);
  const active = { name, uuid, xml: formatPool(definition), borrowed };
  const isBorrowing = Object.keys(borrowed).length > 0;
  if (isBorrowing) writeActivePool(paths, { ...active, phase: 'starting' });
  try {
    await borrow(definition, borrowed);
    writeKnownVolumes(paths, name, await kindOf(definition).names(definition));
  } catch (error) {
    await giveBack(borrowed);
    if (isBorrowing) endRecord(session, definition, 'failed');
    throw error;
  }
  writeActivePool(paths, { ...active, phase: 'active' });
  logger.info({ pool: name }, 'storage pool started');
}

/** What a start will take. A volume group that the host has activated itself is not taken, and stays as it is at the end. */
async function borrowedBy(definition: PoolDefinition): Promise<PoolBorrowed> {
  const { mount, group } = definition.source;
  if (mount !== undefined) return { mount: await mountPointOf(definition) };
  if (group === undefined || (await isGroupActive(group.name))) return {};
  return { group: group.name };
}

async function borrow({ source }: PoolDefinition, { mount, group }: PoolBorrowed): Promise<void> {
  if (source.mount !== undefined && mount !== undefined) await mountSource(source.mount, mount);
  if (group !== undefined) await activateGroup(group);
}

/** Gives back what a caller that was killed may have left. @throws as `giveBack`. */
export async function clearLeft({ paths }: Session, name: string): Promise<void> {
  const state = readPoolState(paths, name);
  if (state.phase === 'off' && state.left !== undefined) await giveBack(state.left);
}

/** @throws TslxcError OPERATION_FAILED, when it is in use. */
async function giveBack({ mount, group }: PoolBorrowed): Promise<void> {
  if (mount !== undefined) await unmount(mount);
  if (group !== undefined) await deactivateGroup(group);
}

/** Ends an active pool. @throws as `giveBack`; it is active then. */
export async function endPool(session: Session, identity: Identity): Promise<void> {
  const state = readPoolState(session.paths, identity.name);
  if (state.phase === 'active') await giveBack(state.record.borrowed);
  endRecord(session, identity, 'stopped');
  session.logger.info({ pool: identity.name }, 'storage pool stopped');
}

function endRecord({ paths, pools }: Session, identity: Identity, why: PoolOffReason): void {
  if (pools.has(identity.name)) writeOffPool(paths, identity, why);
  else forgetPool(paths, identity.name);
}
