/**
 * What the author of a root file system can put in the place of what a start expects there. Each trick makes one entry;
 * its parent is there, the entry itself is not. Recipe T5 of the threat catalogue.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mounts } from '../support/world/host-aspects';

export interface Place {
  /** The entry, on the host. */
  readonly path: string;
  /** The part of the canary that belongs to this attack. */
  readonly canary: string;
  /** One to make links of. */
  readonly socket: string;
}

export type Trick = (place: Place) => void;

const link =
  (target: (canary: string) => string): Trick =>
  ({ path, canary }) =>
    symlinkSync(target(canary), path);

const upwards = '../'.repeat(24);

/** Symbolic links that lead out, where they are resolved as the host resolves paths. */
export const linksOut: Readonly<Record<string, Trick>> = {
  'absolute link to a directory': link((canary) => join(canary, 'dir')),
  'absolute link to a file': link((canary) => join(canary, 'file')),
  'absolute link to what is missing': link((canary) => join(canary, 'missing')),
  'relative link to a directory': link((canary) => `${upwards}${canary.slice(1)}/dir`),
  'relative link to what is missing': link((canary) => `${upwards}${canary.slice(1)}/missing`),
};

/** A socket's name, which Node would take away with its server. */
export function makeSocket(path: string): void {
  const bind = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
  execFileSync('python3', ['-c', bind, path]);
}

const node =
  (...words: readonly string[]): Trick =>
  ({ path }) =>
    execFileSync('mknod', [path, ...words]);

export const tricks: Readonly<Record<string, Trick>> = {
  ...linksOut,
  'link through /proc/self/root': link((canary) => `/proc/self/root${canary}/dir`),
  'link through /proc/1/root': link((canary) => `/proc/1/root${canary}/dir`),
  'link through /proc/self/cwd': link((canary) => `/proc/self/cwd/${canary}/dir`),
  'link to a descriptor': link(() => '/proc/self/fd/6'),
  'link through a descriptor': link((canary) => `/proc/self/fd/7/${upwards}${canary}/dir`),
  'link to an old root': link((canary) => `/.oldroot${canary}/dir`),
  'link through /dev': link((canary) => `/dev/..${canary}/dir`),
  'link to the root': link(() => '/'),
  'link to its parent': link(() => '..'),
  'dangling link': link(() => '/nowhere/at/all'),
  'link to itself': ({ path }) => symlinkSync(path.slice(path.lastIndexOf('/') + 1), path),
  'link of the longest path': link(() => `/${'x/'.repeat(2046)}`),
  'link with a line break': link((canary) => `${canary}/dir\n`),
  'chain of 41 links': ({ path, canary }) => {
    const name = (index: number): string => `${path}${index === 0 ? '' : `.${index}`}`;
    for (let index = 0; index < 41; index += 1) {
      const next = name(index + 1);
      symlinkSync(index === 40 ? canary : next.slice(next.lastIndexOf('/') + 1), name(index));
    }
  },
  file: ({ path }) => writeFileSync(path, 'a file\n'),
  directory: ({ path }) => mkdirSync(path),
  'huge file': ({ path }) => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
  },
  'set-uid file': ({ path }) => {
    writeFileSync(path, 'a file\n');
    chmodSync(path, 0o6777);
  },
  'directory of mode 000': ({ path }) => {
    mkdirSync(path);
    chmodSync(path, 0);
  },
  'file of mode 000': ({ path }) => writeFileSync(path, 'a file\n', { mode: 0 }),
  'immutable directory': ({ path }) => {
    mkdirSync(path);
    execFileSync('chattr', ['+i', path]);
  },
  'hard link': ({ path, canary }) => linkSync(join(canary, 'file'), path),
  fifo: ({ path }) => execFileSync('mkfifo', [path]),
  socket: ({ path, socket }) => linkSync(socket, path),
  'character device': node('c', '1', '3'),
  'block device': node('b', '7', '200'),
  'mount point': ({ path }) => {
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'evil', path]);
  },
  whiteout: node('c', '0', '0'),
};

/** Takes back what would keep the root from being removed. */
export function undoTricks(root: string): void {
  const targets = mounts().map((line) => line.split(' ')[4] ?? '');
  const own = targets.filter((target) => target.startsWith(`${root}/`));
  if (own.length > 0) execFileSync('umount', own);
  // It fails for what is no file or directory, and goes on.
  spawnSync('chattr', ['-R', '-f', '-i', root], { stdio: 'ignore' });
}
