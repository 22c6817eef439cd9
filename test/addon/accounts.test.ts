/** Whose groups init gets, as the container's own group(5) has them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveIdentity } from '../../lib/container/users/accounts';
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
