/** The file system of a pool of type fs, which is mounted at its folder while it is active. */
import { realpath } from 'node:fs/promises';
import { TslxcError } from '../../errors';
import { listMounts } from '../../host/kernel/mount-table';
import { runProgram } from '../../host/program';
import { fileError } from '../../host/state/file-error';
import type { PoolDefinition, PoolSource } from '../definition/definition';

/** As libvirt mounts it: what containers write there is no device of the host, and no program that the host would run. */
const options = 'nodev,nosuid,noexec';

/**
 * Where the file system of the pool will be mounted, without symbolic links, as the kernel names it.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted there; SyscallError if the folder is missing.
 */
export async function mountPointOf({ target }: PoolDefinition): Promise<string> {
  const path = await realpath(target).catch((error: unknown) => {
    throw fileError(error, 'open the folder of a storage pool');
  });
  if (!isMounted(path)) return path;
  throw new TslxcError('OPERATION_INVALID', `something is mounted at '${path}'`, { path });
}

/** Whether anything is mounted at a path. */
export function isMounted(path: string): boolean {
  return listMounts().some(({ mountPoint }) => mountPoint === path);
}

/** @throws TslxcError OPERATION_FAILED with the words of mount(8). */
export async function mountSource(
  { device, format }: NonNullable<PoolSource['mount']>,
  path: string,
): Promise<void> {
  const args = ['-t', format, '-o', options, device, path];
  await runProgram({ program: 'mount', package: 'mount', args, step: 'start a storage pool' });
}

/** Does nothing if nothing is mounted there. @throws TslxcError OPERATION_FAILED, such as when it is in use. */
export async function unmount(path: string): Promise<void> {
  if (!isMounted(path)) return;
  await runProgram({
    program: 'umount',
    package: 'mount',
    args: [path],
    step: 'stop a storage pool',
  });
}
