/** The files of a root of tslxc, and those that all roots of a host share. */
import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { forgetIdRoot } from '../../container/users/id-allocation';
import { readEntries } from '../../container/security/selinux/category-folder';
import { TslxcError } from '../../errors';
import { mountsWithin } from '../../host/kernel/mount-table';
import {
  categoriesPath,
  hiddenDirectories,
  hostNetworksPath,
  hostPartitionsPath,
  idRootsPath,
  linkNumbersPath,
  statePaths,
} from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { forwardingRoots } from '../../network/bridge/forwarding';

/** Where the files are that all roots share. */
const sharedFolder = dirname(idRootsPath);

const sharedFiles = [
  idRootsPath,
  hostNetworksPath,
  hostPartitionsPath,
  linkNumbersPath,
  categoriesPath,
];

/** The folders of this root that are there. */
export function purgeableFiles(paths: StatePaths): string[] {
  return hiddenDirectories(paths).filter((path) => existsSync(path));
}

/**
 * Removes one of them, and the folders between it and the root that are empty then.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted below: tslxc has not mounted it, and its files are others'.
 */
export function removeFiles(paths: StatePaths, folder: string): void {
  const all = readdirSync(folder).map((name) => join(folder, name));
  all.forEach(refuseMounts);
  for (const path of all) {
    if (!isShared(path)) rmSync(path, { recursive: true, force: true });
  }
  for (let at = folder; isBetween(paths.root, at); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      // Other files are in it.
      return;
    }
    // Of `/` only the folders named after tslxc are its own.
    if (paths.root === '/') return;
  }
}

/** Removes the shared files, unless another root may still use them. */
export function removeSharedFiles(paths: StatePaths): void {
  forgetIdRoot(paths);
  const labelled = readEntries(categoriesPath).map(({ root }) => root);
  const others = [...linesOf(idRootsPath), ...forwardingRoots(), ...labelled, '/'].filter(
    (root) => root !== paths.root && hasState(root),
  );
  if (others.length > 0 || !existsSync(sharedFolder)) return;
  for (const name of readdirSync(sharedFolder)) {
    const path = join(sharedFolder, name);
    if (isShared(path)) rmSync(path, { recursive: true, force: true });
  }
  try {
    rmdirSync(sharedFolder);
  } catch {
    // Another version of tslxc has files of its own there.
  }
}

/** To be called before a tree is deleted. @throws TslxcError OPERATION_INVALID for a mount at it or below. */
export function refuseMounts(path: string): void {
  const [mounted] = mountsWithin(path);
  if (mounted === undefined) return;
  throw new TslxcError('OPERATION_INVALID', `${mounted} is mounted: unmount it first`, {
    path: mounted,
    step: 'remove files',
  });
}

function isShared(path: string): boolean {
  if (sharedFiles.includes(path)) return true;
  return (
    dirname(path) === sharedFolder && /^forwarding-\d*\.json$/.test(relative(sharedFolder, path))
  );
}

function isBetween(root: string, path: string): boolean {
  const below = relative(root, path);
  return below !== '' && !below.startsWith('..');
}

/** Whether anything of a root is on this host. */
function hasState(root: string): boolean {
  const { run, library, definitions } = statePaths(root);
  if (root === '/') {
    const own = existsSync(run)
      ? readdirSync(run).filter((name) => !isShared(join(run, name)))
      : [];
    return own.length > 0 || existsSync(library) || existsSync(definitions);
  }
  return [run, library, definitions].some((path) => existsSync(path));
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
