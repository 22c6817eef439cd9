/** What a line of the shell may go on with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLine } from '../../../../lib/cli/shell/completion';
import { TslxcError } from '../../../../lib/errors';
import type { Connection } from '../../../../lib/index';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';

removeScratchAfterEach();

const connect = (): Promise<Connection> =>
  Promise.resolve(
    new FakeConnection([
      { name: 'web', id: 7 },
      { name: 'worker' },
      { name: 'two words' },
      { name: `say "it's"` },
    ])
      .withNetworks({ name: 'default', active: true }, { name: 'lab' })
      .asConnection(),
  );

test.each<[line: string, candidates: string[]]>([
  ['domu', ['domuuid ']],
  ['sus', ['suspend ']],
  ['net-port-d', ['net-port-dumpxml', 'net-port-delete']],
  // A verb that is only refused is not offered.
  ['migra', []],
  ['nosuch ', []],
  ['uri; domu', ['domuuid ']],
  ['destroy ', ['web ']],
  ['start w', ['worker ']],
  ['dumpxml w', ['web', 'worker']],
  ['dumpxml --domain we', ['web ']],
  ['dumpxml --domain=we', ['--domain=web ']],
  ['dumpxml two', ['two\\ words ']],
  ["dumpxml 'two", ["'two words' "]],
  ['dumpxml "two w', ['"two words" ']],
  ["dumpxml two' w", ["two' words' "]],
  [String.raw`dumpxml two\ w`, [String.raw`two\ words `]],
  ['dumpxml two\\', [String.raw`two\ words `]],
  ["dumpxml 'sa", [String.raw`'say "it'\''s"' `]],
  ['dumpxml "sa', [String.raw`"say \"it's\"" `]],
  ['dumpxml sa', [String.raw`say\ \"it\'s\" `]],
  ['net-start ', ['default', 'lab']],
  ['dumpxml web --ina', ['--inactive ']],
  ['dumpxml web --inactive --ina', []],
  ['domuuid web ', ['--format ']],
  ['desc web --new-desc a --new-', ['--new-desc ']],
  ['domuuid web --format j', ['json ']],
  ['shutdown web --mode si', ['signal ']],
  ['net-update lab add dns-t', ['dns-txt ']],
  ['help net-port-l', ['net-port-list ']],
  ['help netw', ['network ']],
  ['freecell ', ['--cellno', '--all', '--format']],
  ['freecell --cellno ', []],
])('%j: %j', async (line, candidates) => {
  const found = (await completeLine(line, connect)).candidates;
  expect([...found].sort()).toEqual([...candidates].sort());
});

test('paths are completed, and a folder is not the end of one', async () => {
  const folder = scratchDirectory();
  mkdirSync(join(folder, 'definitions'));
  writeFileSync(join(folder, 'domain.xml'), '');
  writeFileSync(join(folder, '.hidden.xml'), '');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/d`), Buffer.of(0xe9)]), '');
  const of = async (line: string): Promise<readonly string[]> =>
    (await completeLine(line, connect)).candidates;
  expect(await of(`define ${folder}/d`)).toEqual([
    `${folder}/definitions/`,
    `${folder}/domain.xml`,
  ]);
  expect(await of(`define ${folder}/def`)).toEqual([`${folder}/definitions/`]);
  expect(await of(`define ${folder}/.h`)).toEqual([`${folder}/.hidden.xml `]);
  expect(await of(`cd ${folder}/`)).toEqual([`${folder}/definitions/`]);
  expect(await of('define /no/such/')).toEqual([]);
});

test('without a connection there are no names, and no error', async () => {
  const refused = (): Promise<Connection> =>
    Promise.reject(new TslxcError('ACCESS_DENIED', 'needs root'));
  expect((await completeLine('dumpxml w', refused)).candidates).toEqual([]);
  expect((await completeLine('dumpxml web --ina', refused)).candidates).toEqual(['--inactive ']);
});
