/** A tree of files with labels of their own, and a look at all labels in it: links themselves, never what they lead to. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { native } from '../../../lib/host/native';
import { O_PATH } from '../../../lib/host/state/open-flags';

export const labelName = 'security.selinux';
export const memoryName = 'trusted.tslxc.label';

/** What the first files have, one after another; the other files and the folders have none. */
const originals = ['u:r:etc_t:s0', 'u:r:usr_t:s0', 'u:r:home_t:s0'];

function withInode<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** As setfilecon(3) does, with the NUL. */
export function setLabel(path: string, label: string): void {
  withInode(path, (fd) => native().setXattr(fd, labelName, Buffer.from(`${label}\0`)));
}

export function labelOf(path: string, name = labelName): string | undefined {
  return withInode(path, (fd) => native().getXattr(fd, name)?.toString());
}

/** `files` files in folders of 100, a third of them with a label, and one of everything else. */
export function makeTree(top: string, files: number, outside: string): void {
  mkdirSync(top, { recursive: true });
  for (let index = 0; index < files; index += 1) {
    const folder = join(top, `folder-${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(folder);
    const file = join(folder, `file-${index}`);
    writeFileSync(file, '');
    const label = originals[index % 9];
    if (label !== undefined) setLabel(file, label);
  }
  const odd = join(top, 'odd \n\t"\\ names \u00e9', '.hidden', '-rf');
  mkdirSync(odd, { recursive: true });
  symlinkSync(outside, join(odd, 'link out'));
  symlinkSync('/nowhere', join(top, 'dangling'));
  writeFileSync(join(odd, 'twice'), '', { mode: 0o4710 });
  setLabel(join(odd, 'twice'), 'u:r:shadow_t:s0');
  linkSync(join(odd, 'twice'), join(top, 'hard link'));
  execFileSync('mkfifo', [join(top, 'fifo')]);
  execFileSync('mknod', [join(top, 'device'), 'c', '1', '3']);
  execFileSync('python3', [
    '-c',
    `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(join(top, 'socket'))})`,
  ]);
}

/** Every path of the tree, its top as ''. */
export function pathsIn(top: string, below = ''): string[] {
  const path = join(top, below);
  if (!lstatSync(path).isDirectory()) return [below];
  return [below, ...readdirSync(path).flatMap((name) => pathsIn(top, join(below, name)))];
}

/** The label, if any, of each path. */
export function labelsIn(top: string, name = labelName): Map<string, string | undefined> {
  return new Map(pathsIn(top).map((path) => [path, labelOf(join(top, path), name)]));
}

/** How many have an attribute of this value, or of any. */
export function countIn(top: string, name: string, value?: string): number {
  return [...labelsIn(top, name).values()].filter((found) =>
    value === undefined ? found !== undefined : found === value,
  ).length;
}
