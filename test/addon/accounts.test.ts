/** Whose ids and groups init and commands get, as the container's own passwd(5) and group(5) have them. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountEntries } from '../../lib/container/users/account-lines';
import type { AccountRoots } from '../../lib/container/users/account-lines';
import { resolveCommandUser, resolveIdentity } from '../../lib/container/users/accounts';
import { looksAlone } from '../../lib/container/looks/looks';
import type { Looks } from '../../lib/container/looks/looks';
import type { OsDefinition } from '../../lib/domain/definition';

let root: string;
let looks: Looks;

beforeEach(() => {
  looks = looksAlone({ within: 60_000 });
  root = mkdtempSync('/var/tmp/tslxc-accounts-');
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:1000::/:/bin/sh\n');
});

afterEach(() => {
  looks[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

const accountRoots = (): AccountRoots => ({
  folders: [root],
  looks,
  what: { step: 'look for users' },
});

/** Who init is with these `<inituser>` and `<initgroup>`. */
function initAs(
  initUser: string | undefined,
  initGroup?: string,
): ReturnType<typeof resolveIdentity> {
  const os = { init: '/i', initArgs: [], initEnvironment: [], initUser, initGroup };
  return resolveIdentity(os as unknown as OsDefinition, accountRoots());
}

/** The groups of alice in the group staff, with further lines in group(5). */
async function groupsWith(lines: readonly string[]): Promise<readonly number[]> {
  writeFileSync(join(root, 'etc/group'), `staff:x:50:\n${lines.join('\n')}\n`);
  return (await initAs('alice', 'staff')).groups;
}

/** Her own by passwd(5), and the one that the definition names. */
const always = [1000, 50];

test('the group of the user, the one of the definition and those that list the user, each once', async () => {
  const lines = ['audio:x:29:bob,alice', 'video:x:44:bob', 'users:x:100:alice', 'a:x:29:alice'];
  expect(await groupsWith([...lines, 'own:x:1000:alice'])).toEqual([...always, 29, 100]);
});

test('a user whose group in passwd(5) is no number has the others', async () => {
  writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:none::/:/bin/sh\n');
  expect(await groupsWith(['users:x:100:alice'])).toEqual([50, 100]);
});

test.each([
  ['a number as user', '1000'],
  ['no user', undefined],
])(
  'with %s the group of the definition is the only one, whatever the container says',
  async (_, user) => {
    writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:0::/:/bin/sh\nroot:x:0:7::/:/bin/sh\n');
    writeFileSync(join(root, 'etc/group'), 'shadow:x:42:alice,1000,root\n');
    expect(await initAs(user, '44')).toEqual({ uid: Number(user ?? 0), gid: 44, groups: [44] });
  },
);

test('without a group of the definition there is none', async () => {
  expect(await initAs('alice')).toEqual({ uid: 1000, gid: 0, groups: [] });
});

test.each(['', ' ', '-1', '0x10', '1e3', '4294967295', 'none'])(
  'a group whose id is %p is none, and least of all root’s',
  async (id) => {
    expect(await groupsWith([`odd:x:${id}:alice`])).toEqual(always);
  },
);

describe('a command as', () => {
  const asUser = (user: string) => resolveCommandUser(user, accountRoots());

  beforeEach(() => {
    const lines = ['staff:x:50:', 'audio:x:29:bob,alice', 'video:x:44:bob', 'users:x:100:alice'];
    writeFileSync(join(root, 'etc/group'), `${lines.join('\n')}\n`);
    writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:50::/:/bin/sh\n');
  });

  test.each(['alice', '1000', '+1000'])(
    '%s has the group of the user, and those that list it',
    async (user) => {
      expect(await asUser(user)).toEqual({ uid: 1000, gid: 50, groups: [29, 100] });
    },
  );

  test.each(['alice:video', '1000:44'])('%s has that group alone', async (user) => {
    expect(await asUser(user)).toEqual({ uid: 1000, gid: 44, groups: [] });
  });

  test('a number without an entry has no groups', async () => {
    expect(await asUser('4321')).toEqual({ uid: 4321, gid: 0, groups: [] });
  });

  test.each(['bob', 'alice:nobody', 'alice:staff:', ''])('%p is refused', async (user) => {
    await expect(asUser(user)).rejects.toThrow(/doesn't exist in the container/);
  });
});

describe('a number that the image calls a user (T17)', () => {
  const withUser = (name: string) =>
    writeFileSync(join(root, 'etc/passwd'), `${name}:x:0:0::/:/bin/sh\n`);

  test.each(['1000', '+1000'])('%s is an id, for a command and for init', async (user) => {
    withUser(user);
    expect(await resolveCommandUser(user, accountRoots())).toEqual({
      uid: 1000,
      gid: 0,
      groups: [],
    });
    expect((await initAs(user)).uid).toBe(1000);
  });

  test('control: a name in the same place has the id that stands there', async () => {
    withUser('thousand');
    expect((await resolveCommandUser('thousand', accountRoots())).uid).toBe(0);
  });
});

describe('a database that root inside has made long', () => {
  const mebibyte = 1024 * 1024;
  const filler = 'x'.repeat(99) + '\n';
  const lines = (bytes: number) => filler.repeat(Math.floor(bytes / filler.length));
  const wordsFor = (file: string) =>
    `operation failed: ${file} in the container is longer than 4 MiB, too long to look a name up in it`;

  test.each(['16 MiB of lines', 'one line of 16 MiB'])('is refused: %s', async (what) => {
    const text = what.startsWith('one') ? 'x'.repeat(16 * mebibyte) : lines(16 * mebibyte);
    writeFileSync(join(root, 'etc/passwd'), text);
    writeFileSync(join(root, 'etc/group'), text);
    await expect(resolveCommandUser('alice', accountRoots())).rejects.toThrow(
      wordsFor('/etc/passwd'),
    );
    await expect(groupsWith([text])).rejects.toThrow(/in the container is longer than 4 MiB/);
    // Of numbers there is nothing to look up.
    expect(await initAs('1000', '44')).toEqual({ uid: 1000, gid: 44, groups: [44] });
    expect(await resolveCommandUser('1000:44', accountRoots())).toEqual({
      uid: 1000,
      gid: 44,
      groups: [],
    });
  });

  test('is read while others go on, up to its last line', async () => {
    writeFileSync(join(root, 'etc/passwd'), `${lines(3.9 * mebibyte)}last:x:7:8::/:/bin/sh`);
    let turns = 0;
    let turn = setImmediate(function again() {
      turns += 1;
      turn = setImmediate(again);
    });
    try {
      expect(await resolveCommandUser('last', accountRoots())).toEqual({
        uid: 7,
        gid: 8,
        groups: [],
      });
    } finally {
      clearImmediate(turn);
    }
    expect(turns).toBeGreaterThan(5);
  });

  test('is refused when another file takes its place meanwhile', async () => {
    writeFileSync(join(root, 'etc/passwd'), lines(mebibyte));
    const pieces = accountEntries(accountRoots(), '/etc/passwd');
    expect((await pieces.next()).done).toBe(false);
    writeFileSync(join(root, 'etc/new'), lines(mebibyte));
    renameSync(join(root, 'etc/new'), join(root, 'etc/passwd'));
    await expect(pieces.next()).rejects.toThrow(
      'operation failed: /etc/passwd in the container was replaced by another file while it was read',
    );
  });

  test('with more groups than the kernel takes is refused', async () => {
    const groups = Array.from({ length: 65_537 }, (_, id) => `g:x:${id}:alice`);
    await expect(groupsWith(groups)).rejects.toThrow(/user 'alice' in more than 65536 groups/);
    expect(await groupsWith(groups.slice(1))).toHaveLength(65_536);
  });
});
