/** The files of a root of tslxc. Those that all roots of a host share stay. */
import { readdirSync, rmdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  categoriesPath,
  hiddenDirectories,
  hostCgroupsPath,
  hostNetworksPath,
  hostPartitionsPath,
  hostPortsPath,
  hostProjectsPath,
  idRootsPath,
  imageDevicesPath,
  linkNumbersPath,
  portClaimsPath,
} from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { isThere } from '../../host/state/file-error';
import { refuseMounts, removeTreeNow } from '../../host/trees/tree-removal';

/** Where the files are that all roots share. */
const sharedFolder = dirname(idRootsPath);

/**
 * Lock files, and records that are locked themselves: if one were removed and made again, two processes could hold its lock. Also
 * the claims of devices and of ports: those of this root's containers were removed with the containers.
 */
const sharedFiles = [
  idRootsPath,
  hostNetworksPath,
  hostCgroupsPath,
  hostPartitionsPath,
  hostPortsPath,
  hostProjectsPath,
  linkNumbersPath,
  imageDevicesPath,
  portClaimsPath,
  categoriesPath,
];

/** The folders of this root that exist, and hold more than what all roots share. */
export function purgeableFiles(paths: StatePaths): string[] {
  return hiddenDirectories(paths).filter((path) => isThere(path) && !holdsOnlyShared(path));
}

function holdsOnlyShared(folder: string): boolean {
  const all = readdirSync(folder).map((name) => join(folder, name));
  return all.length > 0 && all.every(isShared);
}

/**
 * Removes one of these folders, except what all roots share, and those folders between it and the root that are empty then.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted below: tslxc has not mounted it, and its files are not tslxc's.
 */
export function removeFiles(paths: StatePaths, folder: string): void {
  const all = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !isShared(path))
    .map((path) => ({ path, step: 'remove files' }));
  all.forEach(refuseMounts);
  all.forEach(removeTreeNow);
  for (let at = folder; isBetween(paths.root, at); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      // Other files are in it.
      return;
    }
    // Below `/`, only the folders named after tslxc belong to it.
    if (paths.root === '/') return;
  }
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
