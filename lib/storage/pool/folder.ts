/** The folder of the host that has the volumes of a pool: how it is made, how much room it has, how it is removed. */
import { chmod, chown, mkdir, rmdir, stat, statfs } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileError, hasErrno, isThere } from '../../host/state/file-error';
import type { Permissions, PoolDefinition } from '../definition/definition';
import type { LivePool } from '../definition/format-pool';
import { makeOwnFolder } from '../../host/state/own-folder';

/** As libvirt makes it: others may use what they know the name of. */
const usualMode = 0o711;

/** The folder in that of a pool in which volumes are made and removed. It is no volume. */
export const draftsName = '.tslxc-drafts';

/** Mode of the folders above it that are missing. */
const modeAbove = 0o755;

/** Makes the folder, if it is missing, and those above it, with the permissions of the definition. @throws SyscallError. */
export async function makeFolder({ target, permissions }: PoolDefinition): Promise<void> {
  try {
    const isNew = !isThere(target);
    makeOwnFolder(dirname(target), modeAbove);
    if (isNew) await mkdir(target, { mode: 0o700 });
    const { mode = isNew ? usualMode : undefined } = permissions;
    await setPermissions(target, { ...permissions, ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    throw fileError(error, 'build a storage pool');
  }
}

async function setPermissions(path: string, { mode, owner, group }: Permissions): Promise<void> {
  if (owner !== undefined || group !== undefined) {
    const now = await stat(path);
    await chown(path, owner ?? now.uid, group ?? now.gid);
  }
  // Afterwards: chown(2) takes the bits for set-id programs.
  if (mode !== undefined) await chmod(path, mode);
}

/** Removes the folder, which has to be empty. @throws SyscallError. */
export async function removeFolder({ target }: PoolDefinition): Promise<void> {
  try {
    await rmdir(join(target, draftsName)).catch(unlessInUse);
    await rmdir(target);
  } catch (error) {
    throw fileError(error, 'remove the folder of a storage pool');
  }
}

/** Then it is the folder of the pool that can't be removed. */
function unlessInUse(error: unknown): void {
  const { ENOENT, ENOTEMPTY } = constants.errno;
  if (![ENOENT, ENOTEMPTY].some((errno) => hasErrno(error, errno))) throw error;
}

/** The room in the file system that the folder is on, and its permissions. @throws SyscallError. */
export async function lookAtFolder({ target }: PoolDefinition): Promise<LivePool> {
  try {
    const [{ blocks, bfree, bsize }, { mode, uid, gid }] = [
      await statfs(target),
      await stat(target),
    ];
    return {
      capacity: blocks * bsize,
      allocation: (blocks - bfree) * bsize,
      available: bfree * bsize,
      permissions: { mode: mode & 0o7777, owner: uid, group: gid },
    };
  } catch (error) {
    throw fileError(error, 'look at the folder of a storage pool');
  }
}
