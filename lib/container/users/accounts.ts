/**
 * `<inituser>` and `<initgroup>` as numbers. Names are looked up in the container's own passwd(5) and group(5),
 * opened inside its root by the kernel's rules; digits are ids, whatever an image's passwd calls so.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { TslxcError } from '../../errors';
import type { OsDefinition } from '../../domain/definition';
import { native } from '../../host/native';
import { O_PATH } from '../../host/state/open-flags';
import { rootIdentity } from '../../plan/process/process';
import type { Identity } from '../../plan/process/process';

const largestDatabase = 16 * 1024 * 1024;
const largestId = 0xfffffffe;

/**
 * `roots` are the directories on the host that make up the container's root, the upper one first; none when
 * they are in an image.
 *
 * @throws TslxcError INTERNAL_ERROR for a name that does not exist, as libvirt; CONFIG_UNSUPPORTED for a name
 * in an image.
 */
export function resolveIdentity(os: OsDefinition, roots: readonly string[]): Identity {
  if (os.initUser === undefined && os.initGroup === undefined) return rootIdentity;
  const uid = os.initUser === undefined ? 0 : userId(os.initUser, roots);
  if (os.initGroup === undefined) return { uid, gid: 0, groups: [] };
  if (!isNumber(os.initGroup)) refuseNameInImage(roots, os.initGroup, 'initgroup');
  return {
    uid,
    gid: lookUp(os.initGroup, entries(roots, '/etc/group'), 'Group'),
    groups: supplementaryGroups(os.initUser ?? 'root', roots),
  };
}

function userId(user: string, roots: readonly string[]): number {
  if (!isNumber(user)) refuseNameInImage(roots, user, 'inituser');
  return lookUp(user, isNumber(user) ? [] : entries(roots, '/etc/passwd'), 'User');
}

/** Images are not looked into: who their passwd(5) names is not known before they are mounted. */
function refuseNameInImage(roots: readonly string[], name: string, word: string): void {
  if (roots.length > 0) return;
  const detail = `<${word}> must be a number, not '${name}', where the root is an image or a device`;
  throw new TslxcError('CONFIG_UNSUPPORTED', detail, {
    step: 'resolve the user of init',
    element: `domain/os/${word}`,
  });
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

/**
 * Who a command runs as: `USER` or `USER:GROUP`, names or numbers. Without a group it is the user's own by passwd(5), with
 * all that list it as a member; without an entry there, 0.
 *
 * @throws TslxcError INVALID_ARG for a name that does not exist, and for one in an image.
 */
export function resolveCommandUser(text: string, roots: readonly string[]): Identity {
  const [user = '', group, ...rest] = text.split(':');
  const users = entries(roots, '/etc/passwd');
  const entry = users.find(([name, , id]) =>
    isNumber(user) ? id === digits(user) : name === user,
  );
  const uid = idOf(user, entry?.[2]);
  const name = entry?.[0] ?? user;
  if (uid === undefined || rest.length > 0) throw noSuch('user', user === '' ? text : user);
  if (group === undefined) {
    return { uid, gid: idOf('', entry?.[3]) ?? 0, groups: supplementaryGroups(name, roots) };
  }
  const groupEntry = entries(roots, '/etc/group').find(([one]) => one === group);
  const gid = idOf(group, groupEntry?.[2]);
  if (gid === undefined) throw noSuch('group', group);
  return { uid, gid, groups: [] };
}

function idOf(name: string, ofEntry: string | undefined): number | undefined {
  const text = isNumber(name) ? digits(name) : ofEntry;
  const id = Number(text);
  return text !== undefined && /^\d+$/.test(text) && id <= largestId ? id : undefined;
}

function digits(name: string): string {
  return name.replace(/^\+/, '');
}

function noSuch(kind: 'user' | 'group', name: string): TslxcError {
  return new TslxcError('INVALID_ARG', `${kind} '${name}' doesn't exist in the container`, {
    step: 'resolve the user of the command',
  });
}

/** Groups that list the user as a member. */
function supplementaryGroups(user: string, roots: readonly string[]): number[] {
  return entries(roots, '/etc/group')
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .flatMap(([, , id = '']) => (/^\d+$/.test(id) ? [Number(id)] : []))
    .filter((id) => id <= largestId);
}

/** libvirt takes `1000` and `+1000` for ids. */
function isNumber(name: string): boolean {
  return /^\+?\d+$/.test(name);
}

function entries(roots: readonly string[], path: string): string[][] {
  return readFirst(roots, path)
    .split('\n')
    .map((line) => line.split(':'));
}

/** Of the first root that has the file. */
function readFirst(roots: readonly string[], path: string): string {
  for (const root of roots) {
    const text = read(root, path);
    if (text !== undefined) return text;
  }
  return '';
}

/**
 * Undefined when there is no such file; '' for a fifo or a device, which is how the upper layer of an overlay
 * says that a file of the lower one was removed.
 */
function read(root: string, path: string): string | undefined {
  const directory = openSync(root, O_PATH | constants.O_DIRECTORY);
  let fd: number | undefined;
  try {
    fd = native().openInRoot(directory, path, constants.O_RDONLY | constants.O_NONBLOCK);
    const state = fstatSync(fd);
    return state.isFile() && state.size <= largestDatabase ? readFileSync(fd, 'utf8') : '';
  } catch (error) {
    return TslxcError.is(error) && error.errno === system.errno.ENOENT ? undefined : '';
  } finally {
    if (fd !== undefined) native().closeDescriptor(fd);
    closeSync(directory);
  }
}
