/**
 * `<inituser>` and `<initgroup>` as numbers. Names are looked up in the container's own passwd(5) and group(5),
 * opened inside its root by the kernel's rules; digits are ids, whatever an image's passwd calls so.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { TslxcError } from '../errors';
import type { OsDefinition } from '../domain/definition';
import { native } from '../host/native';
import { rootIdentity } from '../plan/process';
import type { Identity } from '../plan/process';

const O_PATH = 0o10000000;
const largestDatabase = 16 * 1024 * 1024;
const largestId = 0xfffffffe;

/** `root` is the container's root directory on the host. Throws INTERNAL_ERROR for a name that does not exist, as libvirt. */
export function resolveIdentity(os: OsDefinition, root: string): Identity {
  if (os.initUser === undefined && os.initGroup === undefined) return rootIdentity;
  const uid = os.initUser === undefined ? 0 : userId(os.initUser, root);
  if (os.initGroup === undefined) return { uid, gid: 0, groups: [] };
  return {
    uid,
    gid: lookUp(os.initGroup, entries(root, '/etc/group'), 'Group'),
    groups: supplementaryGroups(os.initUser ?? 'root', root),
  };
}

function userId(user: string, root: string): number {
  return lookUp(user, isNumber(user) ? [] : entries(root, '/etc/passwd'), 'User');
}

function lookUp(name: string, database: readonly string[][], kind: 'User' | 'Group'): number {
  const text = isNumber(name)
    ? name.replace(/^\+/, '')
    : database.find(([entry]) => entry === name)?.[2];
  const id = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || id > largestId) {
    const [element, file] =
      kind === 'User' ? ['inituser', '/etc/passwd'] : ['initgroup', '/etc/group'];
    const where = isNumber(name) ? '' : ` in the container's ${file}`;
    throw new TslxcError('INTERNAL_ERROR', `${kind} ${name} doesn't exist${where}`, {
      step: 'resolve the user of init',
      element: `domain/os/${element}`,
    });
  }
  return id;
}

/** Groups that list the user as a member. */
function supplementaryGroups(user: string, root: string): number[] {
  return entries(root, '/etc/group')
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .map(([, , id]) => Number(id))
    .filter((id) => Number.isInteger(id) && id <= largestId);
}

/** libvirt takes `1000` and `+1000` for ids. */
function isNumber(name: string): boolean {
  return /^\+?\d+$/.test(name);
}

function entries(root: string, path: string): string[][] {
  return read(root, path)
    .split('\n')
    .map((line) => line.split(':'));
}

/** '' when there is no such file; a fifo or a device is none. */
function read(root: string, path: string): string {
  const directory = openSync(root, O_PATH | constants.O_DIRECTORY);
  let fd: number | undefined;
  try {
    fd = native().openInRoot(directory, path, constants.O_RDONLY | constants.O_NONBLOCK);
    const state = fstatSync(fd);
    return state.isFile() && state.size <= largestDatabase ? readFileSync(fd, 'utf8') : '';
  } catch {
    return '';
  } finally {
    if (fd !== undefined) native().closeDescriptor(fd);
    closeSync(directory);
  }
}
