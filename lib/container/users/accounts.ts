/**
 * `<inituser>` and `<initgroup>` as numbers. Names are looked up in the container's own passwd(5) and group(5), opened
 * inside its root by the kernel's rules; digits are always ids, even if passwd(5) has a user of that name.
 */
import { TslxcError } from '../../errors';
import type { OsDefinition } from '../../domain/definition';
import { rootIdentity } from '../../plan/process/process';
import type { Identity } from '../../plan/process/process';
import { accountEntries, findEntry } from './account-lines';
import type { AccountPath, AccountRoots } from './account-lines';

/** 2^32 - 1 means no id. */
export const largestId = 0xfffffffe;
/** NGROUPS_MAX. */
const mostGroups = 65_536;

/**
 * @throws TslxcError INTERNAL_ERROR for a name that does not exist, as libvirt; CONFIG_UNSUPPORTED for a name
 * in an image; OPERATION_FAILED for a database that is too long.
 */
export async function resolveIdentity(os: OsDefinition, roots: AccountRoots): Promise<Identity> {
  const { initUser, initGroup } = os;
  if (initUser === undefined && initGroup === undefined) return rootIdentity;
  const user = initUser === undefined ? { uid: 0 } : await userOf(initUser, roots);
  if (initGroup === undefined) return { uid: user.uid, gid: 0, groups: [] };
  const gid = await groupId(initGroup, roots);
  return { uid: user.uid, gid, groups: await groupsOf(user, gid, roots) };
}

/** A user given by name is looked up in the container's databases, which also have the user's groups. */
interface User {
  readonly uid: number;
  readonly account?: { readonly name: string; readonly group: string };
}

async function userOf(user: string, roots: AccountRoots): Promise<User> {
  if (isNumber(user)) return { uid: checkedId(user, digits(user), 'User') };
  refuseNameInImage(roots, user, 'inituser');
  const [, , id, group = ''] = (await entryOf(user, '/etc/passwd', roots)) ?? [];
  return { uid: checkedId(user, id, 'User'), account: { name: user, group } };
}

/** As in libvirt, the groups include the given one and, for a user given by name, the user's own in passwd(5). */
async function groupsOf(user: User, gid: number, roots: AccountRoots): Promise<number[]> {
  const { account } = user;
  if (account === undefined) return [gid];
  const own = idOf('', account.group);
  const first = own === undefined ? [gid] : [own, gid];
  return await supplementaryGroups(account.name, roots, first);
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
 * The user that a command runs as: `USER` or `USER:GROUP`, names or numbers. Without GROUP, the group is the user's own
 * in passwd(5), or 0 without an entry there, and all groups that list the user as a member are added.
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
    const groups = await supplementaryGroups(name, roots, []);
    return { uid, gid: idOf('', entry?.[3]) ?? 0, groups };
  }
  const groupEntry = isNumber(group) ? undefined : await entryOf(group, '/etc/group', roots);
  const gid = idOf(group, groupEntry?.[2]);
  if (gid === undefined) throw noSuch('group', group);
  return { uid, gid, groups: [] };
}

/** The user's entry; not needed for a number with a group. */
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
  const file = kind === 'user' ? '/etc/passwd' : '/etc/group';
  const why = isNumber(name)
    ? `ids are those from 0 to ${largestId}`
    : `its ${file} has none of that name, and a number needs no entry there`;
  const detail = `${kind} '${name}' doesn't exist in the container: ${why}`;
  return new TslxcError('INVALID_ARG', detail, {
    step: 'resolve the user of the command',
  });
}

/** `those`, and the groups that list the user as a member. */
async function supplementaryGroups(
  user: string,
  roots: AccountRoots,
  those: readonly number[],
): Promise<number[]> {
  const groups = new Set(those);
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
