/** Builds a busybox root from the host's static busybox and the table. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasErrno } from '../host/state/file-error';
import { TslxcError } from '../errors';
import { applets, busyboxPath, busyboxTree } from './busybox-tree';
import type { TreeEntry } from './busybox-tree';
import { linkageOf } from './elf';

/** Debian's path first, then that of a merged /usr, then that of libvirt's example. */
const places = ['/bin/busybox', '/usr/bin/busybox', '/sbin/busybox'];

const advice =
  'install the Debian package busybox-static, or choose a Debian root, which needs mmdebstrap';
const ENOENT = 2;

/**
 * The host's static busybox, which runs in any root.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED if there is none, or only one that is not static.
 */
export async function findBusybox(candidates: readonly string[] = places): Promise<string> {
  let unfit: string | undefined;
  for (const path of candidates) {
    const linkage = await linkageAt(path);
    if (linkage === 'static') return path;
    if (linkage !== undefined) unfit ??= path;
  }
  const why =
    unfit === undefined
      ? 'there is no busybox on this machine'
      : `${unfit} is not linked statically, and would not run in a root of its own`;
  throw new TslxcError('OPERATION_UNSUPPORTED', `${why}: ${advice}`);
}

/** Makes the tree in an empty directory. */
export async function buildBusyboxRoot(root: string, busybox: string): Promise<void> {
  await checkApplets(busybox);
  for (const entry of busyboxTree) await makeEntry(root, entry);
  const copy = join(root, busyboxPath);
  await copyFile(busybox, copy);
  // The mode is not copied: some distributions set the set-user-ID bit.
  await chmod(copy, 0o755);
}

async function linkageAt(path: string): Promise<ReturnType<typeof linkageOf> | undefined> {
  try {
    return linkageOf(await readFile(path));
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw error;
  }
}

/** Checks that this build of busybox has all commands that are linked to it. */
async function checkApplets(busybox: string): Promise<void> {
  const { stdout } = await promisify(execFile)(busybox, ['--list']);
  const known = new Set(stdout.split('\n'));
  const missing = applets.filter((applet) => !known.has(applet));
  if (missing.length === 0) return;
  const what = `${busybox} is built without ${missing.join(', ')}`;
  throw new TslxcError('OPERATION_UNSUPPORTED', `${what}: ${advice}`, { path: busybox });
}

/** Makes an entry. The mode is set separately, since the umask reduces those of mkdir(2) and open(2). */
async function makeEntry(root: string, entry: TreeEntry): Promise<void> {
  const path = join(root, entry.path);
  if (entry.kind === 'link') {
    await symlink(entry.target, path);
    return;
  }
  if (entry.kind === 'folder') await mkdir(path);
  else await writeFile(path, entry.text, { flag: 'wx' });
  await chmod(path, entry.mode);
}
