/** Whose ids and groups init and commands get, as the container's own passwd(5) and group(5) have them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveCommandUser, resolveIdentity } from '../../lib/container/users/accounts';
import type { OsDefinition } from '../../lib/domain/definition';

let root: string;

beforeEach(() => {
  root = mkdtempSync('/var/tmp/tslxc-accounts-');
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:1000::/:/bin/sh\n');
});

afterEach(() => rmSync(root, { recursive: true }));

function groupsWith(lines: readonly string[]): readonly number[] {
  writeFileSync(join(root, 'etc/group'), `staff:x:50:\n${lines.join('\n')}\n`);
  const os = {
    init: '/i',
    initArgs: [],
    initEnvironment: [],
    initUser: 'alice',
    initGroup: 'staff',
  };
  return resolveIdentity(os as unknown as OsDefinition, [root]).groups;
}

test('the groups that list the user', () => {
  expect(groupsWith(['audio:x:29:bob,alice', 'video:x:44:bob', 'users:x:100:alice'])).toEqual([
    29, 100,
  ]);
});

test.each(['', ' ', '-1', '0x10', '1e3', '4294967295', 'none'])(
  'a group whose id is %p is none, and least of all root’s',
  (id) => {
    expect(groupsWith([`odd:x:${id}:alice`])).toEqual([]);
  },
);

describe('a command as', () => {
  const asUser = (user: string) => resolveCommandUser(user, [root]);

  beforeEach(() => {
    const lines = ['staff:x:50:', 'audio:x:29:bob,alice', 'video:x:44:bob', 'users:x:100:alice'];
    writeFileSync(join(root, 'etc/group'), `${lines.join('\n')}\n`);
    writeFileSync(join(root, 'etc/passwd'), 'alice:x:1000:50::/:/bin/sh\n');
  });

  test.each(['alice', '1000', '+1000'])(
    '%s has the group of the user, and those that list it',
    (user) => {
      expect(asUser(user)).toEqual({ uid: 1000, gid: 50, groups: [29, 100] });
    },
  );

  test.each(['alice:video', '1000:44'])('%s has that group alone', (user) => {
    expect(asUser(user)).toEqual({ uid: 1000, gid: 44, groups: [] });
  });

  test('a number without an entry has no groups', () => {
    expect(asUser('4321')).toEqual({ uid: 4321, gid: 0, groups: [] });
  });

  test.each(['bob', 'alice:nobody', 'alice:staff:', ''])('%p is refused', (user) => {
    expect(() => asUser(user)).toThrow(/doesn't exist in the container/);
  });
});
