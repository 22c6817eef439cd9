/** What doctor says of stored definitions that can't be read: of each kind, with the verbs that mend it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkDefinitions } from '../../../../lib/driver/doctor/definitions';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';

const files = [
  ['etc/tslxc/lxc/web.xml', "the definition of domain 'web'", 'tslxc edit web'],
  ['etc/tslxc/networks/lab.xml', "the definition of network 'lab'", 'tslxc net-edit lab'],
  [
    'etc/tslxc/nwfilter/own.xml',
    "the definition of network filter 'own'",
    'tslxc nwfilter-edit own',
  ],
  [
    `etc/tslxc/secrets/${uuid}.xml`,
    `the definition of secret '${uuid}'`,
    `tslxc secret-undefine ${uuid}`,
  ],
  [
    `run/tslxc/secrets/${uuid}.xml`,
    `the definition of secret '${uuid}'`,
    `tslxc secret-undefine ${uuid}`,
  ],
] as const;

test.each(files)('%s is named when it is torn', async (file, what, advice) => {
  const root = scratchDirectory();
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '<torn');
  const [found, ...more] = await checkDefinitions(statePaths(root));
  expect(more).toEqual([]);
  expect(JSON.stringify(found)).toContain(what);
  expect(JSON.stringify(found)).toContain(advice);
});

test('an editor is not advised for what is no text', async () => {
  const root = scratchDirectory();
  const folder = join(root, 'etc/tslxc/lxc');
  mkdirSync(join(folder, 'folder.xml'), { recursive: true });
  writeFileSync(join(folder, 'latin.xml'), '<domain><title>K\u00fcche</title></domain>', 'latin1');
  const found = JSON.stringify(await checkDefinitions(statePaths(root)));
  expect(found).toContain('it is not in UTF-8: convert it');
  for (const name of ['folder', 'latin']) expect(found).toContain(`tslxc undefine ${name}`);
  expect(found).not.toContain('tslxc edit');
});

test('where all can be read, that is said', async () => {
  const [found] = await checkDefinitions(statePaths(scratchDirectory()));
  expect(JSON.stringify(found)).toContain('all that are stored can be read');
});
