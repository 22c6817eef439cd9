/**
 * Which folders of the host this process of tests has made: those of mkdtemp(3), by which all tests make theirs. It is noted from the
 * first import of this file on. On a machine that others use as well, what is in any other temporary folder, or in a place that other
 * programs have for their own, comes from them.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';

/** Below each of these somebody has folders that come and go: users, other clones of this project, other programs for containers. */
const sharedPlaces = [
  ...new Set(['/tmp', '/var/tmp', '/dev/shm', tmpdir()]),
  ...['/home', '/media', '/mnt', '/run/user', '/snap', '/var/snap', '/var/lib/snapd', '/run/snapd'],
  ...[
    '/run/credentials',
    '/run/docker',
    '/run/containerd',
    '/run/containers',
    '/run/lxc',
    '/run/lxd',
    '/run/netns',
  ],
  ...[
    '/var/lib/containerd',
    '/var/lib/containers',
    '/var/lib/docker',
    '/var/lib/kubelet',
    '/var/lib/lxc',
    '/var/lib/lxd',
  ],
  ...['/run/schroot', '/var/lib/machines', '/var/lib/schroot'],
];

/** On the module itself, which all files of a Jest share, so that it is put there once. */
const key = Symbol.for('tslxc.made-folders');
const made = noting();

function noting(): Set<string> {
  const known = (fs as { [key]?: Set<string> })[key];
  if (known !== undefined) return known;
  const folders = new Set<string>();
  const note = <Path extends string | Buffer>(path: Path): Path => {
    for (const one of [String(path), fs.realpathSync(String(path))]) folders.add(one);
    return path;
  };
  const { mkdtempSync } = fs;
  const { mkdtemp } = fs.promises;
  Object.assign(fs, {
    [key]: folders,
    mkdtempSync: (...words: Parameters<typeof mkdtempSync>) => note(mkdtempSync(...words)),
  });
  Object.assign(fs.promises, {
    mkdtemp: async (...words: Parameters<typeof mkdtemp>) => note(await mkdtemp(...words)),
  });
  return folders;
}

/** Whether it is one of the folders that these tests have made, or below one. */
export function isInMade(path: string): boolean {
  return [...made].some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Whether it is in a place that others share, and in no folder of these tests. */
export function isOfOthers(path: string): boolean {
  return sharedPlaces.some((place) => path.startsWith(`${place}/`)) && !isInMade(path);
}
