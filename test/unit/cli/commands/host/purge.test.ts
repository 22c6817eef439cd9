/** purge: asks before it removes anything, and says what it removes. */
import type { PurgeItem } from '../../../../../lib/index';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { FakeTerminal, run } from '../../run-main';

const items: readonly PurgeItem[] = [
  { kind: 'domain', name: 'web', fate: 'remove', state: 'running' },
  { kind: 'domain', name: 'db', fate: 'remove', state: 'off' },
  { kind: 'network', name: 'default', fate: 'remove', state: 'running' },
  { kind: 'files', name: '/etc/tslxc', fate: 'remove' },
  { kind: 'upper', name: '/var/lib/tslxc/images/containers/db', fate: 'remove' },
  { kind: 'volume', name: '/var/lib/tslxc/pool/disk', fate: 'remove' },
  { kind: 'upper', name: '/srv/web-upper', fate: 'keep' },
];

function connectionWith(found: readonly PurgeItem[] = items): FakeConnection {
  const connection = new FakeConnection();
  connection.purgeable = found;
  return connection;
}

const removed = [
  "removed domain 'web', stopped",
  "removed domain 'db'",
  "removed network 'default', stopped",
  'removed files in /etc/tslxc',
  'removed upper layer /var/lib/tslxc/images/containers/db',
  'removed volume /var/lib/tslxc/pool/disk',
  'kept upper layer /srv/web-upper',
].join('\n');

test('with --yes it removes, and says what', async () => {
  const ran = await run('purge --yes', { connection: connectionWith() });
  expect(ran).toMatchObject({ status: 0, stdout: `${removed}\n\n`, stderr: '' });
  expect(ran.connection.calls).toEqual([['purge']]);
});

test('what has a definition that can not be read is said not to be listed as a whole', async () => {
  const unreadable = 'why';
  const found = [
    { kind: 'domain', name: 'web', fate: 'remove', state: 'running', unreadable },
    { kind: 'pool', name: 'disks', fate: 'remove', state: 'off', unreadable },
  ] as const;
  const { stdout } = await run('purge --print', { connection: connectionWith(found) });
  expect(stdout.trim().split('\n')).toEqual([
    "remove domain 'web', which runs, whose definition can't be read: what it has written may not be listed",
    "remove storage pool 'disks', whose definition can't be read: its volumes are not listed",
  ]);
});

test('without a terminal and without --yes it refuses', async () => {
  const ran = await run('purge', { connection: connectionWith() });
  expect(ran.status).toBe(1);
  expect(ran.stderr).toBe(
    'error: There is no terminal to ask on: give --yes to remove everything\n',
  );
  expect(ran.connection.calls).toEqual([]);
});

test.each([
  // What was shown is what may be removed.
  ['y\n', 0, [['previewPurge'], ['purge', items]]],
  ['yes\n', 0, [['previewPurge'], ['purge', items]]],
  ['n\n', 1, [['previewPurge']]],
  ['\n', 1, [['previewPurge']]],
  ['yesterday\n', 1, [['previewPurge']]],
])('on a terminal it lists, asks, and takes %j as an answer', async (typed, status, calls) => {
  const terminal = new FakeTerminal('tty');
  terminal.typed.end(typed);
  const ran = await run('purge', { connection: connectionWith(), terminal });
  expect(ran.status).toBe(status);
  expect(ran.stdout).toContain("remove domain 'web', which runs\n");
  expect(ran.stdout).toContain('keep upper layer /srv/web-upper\n');
  expect(ran.stdout.includes('Nothing was removed')).toBe(status === 1);
  expect(ran.connection.calls).toEqual(calls);
});

test('the end of the input is no consent', async () => {
  const terminal = new FakeTerminal('tty');
  terminal.typed.end();
  expect(await run('purge', { connection: connectionWith(), terminal })).toMatchObject({
    status: 1,
  });
});

test('what would be removed is shown as data, and only where nothing is', async () => {
  const ran = await run('purge --print --format json', { connection: connectionWith() });
  expect(JSON.parse(ran.stdout)).toEqual(items);
  const refused = await run('purge --yes --format json', { connection: connectionWith() });
  expect(refused).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr: 'error: --format json needs --print\n',
  });
  expect(refused.connection.calls).toEqual([]);
});

test('--print removes nothing', async () => {
  const ran = await run('purge --print', { connection: connectionWith([]) });
  expect(ran).toMatchObject({ status: 0, stdout: 'Nothing of tslxc is on this host\n\n' });
  expect(ran.connection.calls).toEqual([['previewPurge']]);
});
