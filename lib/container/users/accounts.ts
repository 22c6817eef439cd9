/**
 * `<inituser>` and `<initgroup>` as numbers. Names are looked up in the container's own passwd(5) and group(5),
 * opened inside its root by the kernel's rules; digits are ids, whatever an image's passwd calls so.
 */
import { TslxcError } from '../../errors';
import type { OsDefinition } from '../../domain/definition';
import { rootIdentity } from '../../plan/process/process';
import type { Identity } from '../../plan/process/process';
import { accountEntries, findEntry } from './account-lines';
import type { AccountPath, AccountRoots } from './account-lines';

const largestId = 0xfffffffe;
/** NGROUPS_MAX. */
const mostGroups = 65_536;

/**
 * @throws TslxcError INTERNAL_ERROR for a name that does not exist, as libvirt; CONFIG_UNSUPPORTED for a name
 * in an image; OPERATION_FAILED for a database that is too long.
 */
export async function resolveIdentity(os: OsDefinition, roots: AccountRoots): Promise<Identity> {
  if (os.initUser === undefined && os.initGroup === undefined) return rootIdentity;
  const uid = os.initUser === undefined ? 0 : await userId(os.initUser, roots);
  if (os.initGroup === undefined) return { uid, gid: 0, groups: [] };
  return {
    uid,
    gid: await groupId(os.initGroup, roots),
    groups: await supplementaryGroups(os.initUser ?? 'root', roots),
  };
}

async function userId(user: string, roots: AccountRoots): Promise<number> {
  if (isNumber(user)) return checkedId(user, digits(user), 'User');
  refuseNameInImage(roots, user, 'inituser');
  return checkedId(user, (await entryOf(user, '/etc/passwd', roots))?.[2], 'User');
}

async function groupId(group: string, roots: AccountRoots): Promise<number> {
  if (isNumber(group)) return checkedId(group, digits(group), 'Group');
  refuseNameInImage(roots, group, 'initgroup');
  return checkedId(group, (await entryOf(group, '/etc/group', roots))?.[2], 'Group');
}

function entryOf(
  name: string,
  path: AccountPath,
  roots: AccountRoots,
): Promise<readonly string[] | undefined> {
  return findEntry(roots, path, ([entry]) => entry === name);
}

/** Images are not looked into: who their passwd(5) names is not known before they are mounted. */
function refuseNameInImage({ folders }: AccountRoots, name: string, word: string): void {
  if (folders.length > 0) return;
  const detail = `<${word}> must be a number, not '${name}', where the root is an image or a device`;
  throw new TslxcError('CONFIG_UNSUPPORTED', detail, {
    step: 'resolve the user of init',
    element: `domain/os/${word}`,
  });
}

function checkedId(name: string, text: string | undefined, kind: 'User' | 'Group'): number {
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
 * @throws TslxcError INVALID_ARG for a name that does not exist, and for one in an image; OPERATION_FAILED for a database that
 * is too long.
 */
export async function resolveCommandUser(text: string, roots: AccountRoots): Promise<Identity> {
  const [user = '', group, ...rest] = text.split(':');
  const entry = await userEntry(user, group, roots);
  const uid = idOf(user, entry?.[2]);
  const name = entry?.[0] ?? user;
  if (uid === undefined || rest.length > 0) throw noSuch('user', user === '' ? text : user);
  if (group === undefined) {
    const groups = await supplementaryGroups(name, roots);
    return { uid, gid: idOf('', entry?.[3]) ?? 0, groups };
  }
  const groupEntry = isNumber(group) ? undefined : await entryOf(group, '/etc/group', roots);
  const gid = idOf(group, groupEntry?.[2]);
  if (gid === undefined) throw noSuch('group', group);
  return { uid, gid, groups: [] };
}

/** Two numbers say everything. */
function userEntry(
  user: string,
  group: string | undefined,
  roots: AccountRoots,
): Promise<readonly string[] | undefined> {
  if (!isNumber(user)) return entryOf(user, '/etc/passwd', roots);
  if (group !== undefined) return Promise.resolve(undefined);
  return findEntry(roots, '/etc/passwd', ([, , id]) => id === digits(user));
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
async function supplementaryGroups(user: string, roots: AccountRoots): Promise<number[]> {
  const groups = new Set<number>();
  for await (const entries of accountEntries(roots, '/etc/group')) {
    for (const [, , id = '', members = ''] of entries) {
      const isOne = members.split(',').includes(user) && /^\d+$/.test(id);
      if (isOne && Number(id) <= largestId) groups.add(Number(id));
    }
    if (groups.size > mostGroups) throw inTooManyGroups(user);
  }
  return [...groups];
}

function inTooManyGroups(user: string): TslxcError {
  const detail = `the container's /etc/group has user '${user}' in more than ${mostGroups} groups`;
  return new TslxcError('OPERATION_FAILED', detail, { path: '/etc/group', step: 'look up groups' });
}

/** libvirt takes `1000` and `+1000` for ids. */
function isNumber(name: string): boolean {
  return /^\+?\d+$/.test(name);
}
