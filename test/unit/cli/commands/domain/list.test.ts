/** list: the table, one value a line, and the filters. */
import { TslxcError } from '../../../../../lib/errors';
import type { SnapshotInfo } from '../../../../../lib/index';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { withSnapshots } from '../../../../support/fake/connection/fake-snapshots';
import { run } from '../../run-main';

const [first, second] = [
  '02169d49-0068-4612-b2de-901c4a14c5a3',
  '11111111-2222-3333-4444-555555555555',
];

const snapshot: SnapshotInfo = {
  ...{ name: 'before', state: 'shutoff', created: 0, isCurrent: true, paths: [] },
};

function domains(): FakeConnection {
  const xml = "<domain type='lxc'>\n  <title>A &lt;small&gt; shell</title>\n</domain>\n";
  const connection = new FakeConnection([
    { name: 'ra-1', id: 64604, uuid: first },
    { name: 'helloworld', uuid: second, xml, isolation: 'user-namespace' },
  ]);
  return withSnapshots(connection, { helloworld: [snapshot] });
}

test.each<[string, string]>([
  [
    'list --all',
    ' Id      Name         State\n' +
      '--------------------------------\n' +
      ' 64604   ra-1         running\n' +
      ' -       helloworld   shut off\n\n',
  ],
  ['list', ' Id      Name   State\n-------------------------\n 64604   ra-1   running\n\n'],
  [
    'list --inactive',
    ' Id   Name         State\n-----------------------------\n -    helloworld   shut off\n\n',
  ],
  ['-q list --all', ' 64604   ra-1         running\n -       helloworld   shut off\n'],
  [
    'list --inactive --title',
    ' Id   Name         State      Title\n' +
      '-----------------------------------------------\n' +
      ' -    helloworld   shut off   A <small> shell\n\n',
  ],
  [
    '-q list --all --isolation',
    ' 64604   ra-1         running    not a security boundary (no <idmap>)\n' +
      ' -       helloworld   shut off   user namespace\n',
  ],
  [
    'list --inactive --isolation --title',
    ' Id   Name         State      Title             Isolation\n' +
      '----------------------------------------------------------------\n' +
      ' -    helloworld   shut off   A <small> shell   user namespace\n\n',
  ],
  ['list --name', 'ra-1\n\n'],
  ['-q list --name --all', 'ra-1\nhelloworld\n'],
  ['list --uuid --all', `${first}\n${second}\n\n`],
  [
    '-q list --uuid --table --all',
    ` 64604   ra-1         running    ${first}\n -       helloworld   shut off   ${second}\n`,
  ],
  ['list --id --all', '64604\n\n'],
  ['list --id --name --all', '64604 ra-1\n- helloworld\n\n'],
  ['list --name --uuid --id --all', `${first} 64604 ra-1\n${second} - helloworld\n\n`],
  ['-q list --name --all --state-shutoff', 'helloworld\n'],
  ['-q list --name --all --state-running --state-shutoff', 'ra-1\nhelloworld\n'],
  ['-q list --name --all --state-paused', ''],
  ['-q list --name --all --autostart', ''],
  ['-q list --name --all --no-autostart', 'ra-1\nhelloworld\n'],
  ['-q list --name --all --with-snapshot', 'helloworld\n'],
  ['-q list --name --all --without-snapshot', 'ra-1\n'],
  ['-q list --name --all --with-snapshot --state-running', ''],
  ['-q list --name --all --with-checkpoint', ''],
  ['-q list --name --all --with-managed-save', ''],
  ['-q list --name --all --with-snapshot --without-snapshot', 'ra-1\nhelloworld\n'],
  ['-q list --name --all --without-checkpoint --without-managed-save', 'ra-1\nhelloworld\n'],
  ['-q list --name --all --managed-save', 'ra-1\nhelloworld\n'],
])('%s', async (words, stdout) => {
  expect(await run(words, { connection: domains() })).toMatchObject({ status: 0, stdout });
});

test.each<[string, object]>([
  ['list', { state: 'active' }],
  ['list --inactive', { state: 'inactive' }],
  ['list --all', {}],
  ['list --all --inactive', {}],
  ['list --all --persistent', { persistence: 'persistent' }],
  ['list --transient', { state: 'active', persistence: 'transient' }],
  ['list --all --transient --persistent', {}],
])('%s asks for %j', async (words, filter) => {
  const { connection } = await run(words);
  expect(connection.calls).toEqual([['listDomains', filter]]);
});

test('as data, the isolation is there if it is asked for', async () => {
  const data = async (words: string): Promise<unknown> =>
    JSON.parse((await run(words, { connection: domains() })).stdout) as unknown;
  expect(await data('list --inactive --isolation --format json')).toEqual([
    {
      id: null,
      name: 'helloworld',
      uuid: second,
      state: 'shutoff',
      reason: 'unknown',
      isolation: 'user-namespace',
    },
  ]);
  expect(await data('list --inactive --format json')).toEqual([
    { id: null, name: 'helloworld', uuid: second, state: 'shutoff', reason: 'unknown' },
  ]);
});

test('whether a domain that can’t be read is a boundary is not known', async () => {
  const state = { state: 'shutoff', reason: 'unknown', unreadable: 'torn' } as const;
  const connection = new FakeConnection([{ name: 'web', state, isolation: 'user-namespace' }]);
  const { stdout: table, stderr } = await run('-q list --all --isolation', { connection });
  expect(table).toBe(' -   web   shut off (unreadable)   unknown\n');
  expect(stderr).toBe("warning: domain 'web': its definition can't be read: torn\n");
  const { stdout } = await run('list --all --isolation --format json', { connection });
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'web', isolation: null }]);
});

test('a domain that would not start is no boundary, and the reason is told', async () => {
  const refusal = 'unsupported configuration: the root can be reached';
  const field = { name: 'web', isolation: 'user-namespace', refusal } as const;
  const connection = new FakeConnection([field]);
  expect((await run('-q list --all --isolation', { connection })).stdout).toContain(
    `its start is refused (${refusal})\n`,
  );
  expect((await run('dominfo web', { connection })).stdout).toContain(
    `Isolation:      its start is refused (${refusal})\n`,
  );
  const { stdout } = await run('list --all --isolation --format json', { connection });
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'web', isolation: null, refused: refusal }]);
});

test('a domain that is undefined while it is listed is left out', async () => {
  const failure = new TslxcError('NO_DOMAIN', "No domain with matching name 'gone'");
  const connection = new FakeConnection([
    { name: 'web', id: 7 },
    { name: 'gone', id: 8, failure },
  ]);
  expect((await run('-q list', { connection })).stdout).toBe(' 7   web   running\n');
});

const full = new TslxcError('SYSTEM_ERROR', 'write /run/tslxc/lxc/bad/exit.json: ENOSPC');
const withBad = (): FakeConnection =>
  new FakeConnection([
    { name: 'bad', id: 6, failure: full },
    { name: 'web', id: 7 },
  ]);

test.each([
  ['-q list', ' 6   bad   no state\n 7   web   running\n'],
  ['-q list --title', ' 6   bad   no state   \n 7   web   running    \n'],
  ['-q list --name --state-other', 'bad\n'],
  ['-q list --name --no-autostart', 'bad\nweb\n'],
])(
  'a domain whose state cannot be told is shown with the reason, and keeps no other out: %s',
  async (words, stdout) => {
    expect(await run(words, { connection: withBad() })).toMatchObject({ status: 0, stdout });
  },
);

test('a domain of which it is unknown whether it is in the state that is asked for is an error, and keeps no other out', async () => {
  const connection = withBad();
  expect(await run('-q list --name --state-running', { connection })).toMatchObject({
    status: 1,
    stdout: 'web\n',
    stderr: "error: domain 'bad': write /run/tslxc/lxc/bad/exit.json: ENOSPC\n",
  });
});
