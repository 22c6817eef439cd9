/** The verbs about secrets: each option, and what each refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOn } from '../../support/process/command-on';
import { runCommand, spawnCommand } from '../../support/process/run-command';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';
const hidden = '1a81f5b2-8403-4b23-88d6-21ccc2f80d6f';

const world = containerTest(
  async (keep) => {
    const made = await rootAndConnection(keep);
    return { ...made, file: join(made.root.path, 'secret.xml') };
  },
  { per: 'file' },
);
const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const missing = "failed to get secret 'nosuch'";
const xml = (id: string, name: string, attributes = ''): string =>
  `<secret ${attributes}><uuid>${id}</uuid><usage type='tls'><name>${name}</name></usage></secret>`;

test('secrets are defined and listed', async () => {
  const { file } = world;
  writeFileSync(file, xml(uuid, 'web'));
  expect(await says(`secret-define ${file} --validate`)).toBe(`Secret ${uuid} created\n\n`);
  writeFileSync(file, xml(hidden, 'own', "ephemeral='yes' private='yes'"));
  await says(`secret-define ${file}`);
  expect(await says('secret-list')).toBe(
    ` UUID                                   Usage\n-------------------------------------------------\n ${uuid}   tls web\n ${hidden}   tls own\n\n`,
  );
  for (const [flags, found] of [
    ['--ephemeral', hidden],
    ['--no-ephemeral', uuid],
    ['--private', hidden],
    ['--no-private', uuid],
  ] as const) {
    expect(await says(`secret-list --uuid ${flags}`)).toBe(`${found}\n\n`);
  }
  await says('secret-list --ephemeral');
  await says('secret-list --no-ephemeral');
  await says('secret-list --private');
  await says('secret-list --no-private');
  expect(JSON.parse(await says('secret-list --no-private --format json'))).toEqual([
    { uuid, ephemeral: false, private: false, usage: { type: 'tls', id: 'web' } },
  ]);
  expect(await says(`secret-dumpxml ${uuid} --xpath //name --wrap`)).toBe(
    '<nodes>\n  <name>web</name>\n</nodes>\n\n',
  );
  writeFileSync(file, "<secret><usage type='x'/></secret>");
  await refusesEach([
    [`secret-define ${file}`, `Failed to set attributes from ${file}`],
    ['secret-define /nowhere/at/all', 'No such file or directory'],
    ['secret-list --format yaml', 'yaml'],
    ['secret-dumpxml nosuch', missing],
    [`secret-dumpxml ${uuid} --xpath [`, 'Incorrect xpath'],
  ]);
});

test('values are set from a file, from what is typed and from the line, and given back', async () => {
  const { root, file } = world;
  writeFileSync(file, 'aHVudGVyMg==\n');
  expect(await says(`secret-set-value ${uuid} --file ${file}`)).toBe('Secret value set\n\n');
  expect(await says(`-q secret-get-value ${uuid} --plain`)).toBe('hunter2');
  writeFileSync(file, Buffer.from([0, 255]));
  await says(`secret-set-value ${uuid} --file ${file} --plain`);
  expect(await says(`-q secret-get-value ${uuid}`)).toBe('AP8=');
  const { code, stderr } = await runCommand(['secret-set-value', uuid, 'eA=='], {
    root: root.path,
  });
  expect([code, stderr]).toEqual([
    0,
    'error: Passing secret value as command-line argument is insecure!\n',
  ]);
  await says(`secret-set-value ${uuid} --base64 eQ==`);
  expect(await says(`secret-get-value ${uuid}`)).toBe('eQ==\n');
  const typed = ['secret-set-value', uuid, '--interactive'];
  const set = await spawnCommand(typed, { root: root.path, input: 'typed\n' });
  expect([set.code, set.stdout]).toEqual([0, 'Enter new value for secret:\nSecret value set\n\n']);
  expect(await says(`-q secret-get-value ${uuid} --plain`)).toBe('typed');
  await says(`secret-set-value ${hidden} --file ${file} --plain`);
  expect(await refuses(`secret-get-value ${hidden}`)).toContain('secret is private');
  await refusesEach([
    ['secret-get-value nosuch', missing],
    ['secret-set-value nosuch eA==', missing],
    [`secret-set-value ${uuid}`, 'Input secret value is missing'],
    [`secret-set-value ${uuid} --file ${file} --base64 eA==`, 'mutually exclusive'],
    [`secret-set-value ${uuid} --plain --interactive`, 'mutually exclusive'],
    [`secret-set-value ${uuid} --plain`, 'Option --file is required by option --plain'],
    [`secret-set-value ${uuid} --file /nowhere/at/all`, "Failed to read file '/nowhere/at/all'"],
    [`secret-set-value ${uuid} !`, 'it is not in base64'],
  ]);
});

test('they are undefined', async () => {
  expect(await says(`secret-undefine ${hidden}`)).toBe(`Secret ${hidden} deleted\n\n`);
  await says(`secret-undefine ${uuid}`);
  expect(await says('-q secret-list')).toBe('');
  await refusesEach([
    ['secret-undefine nosuch', missing],
    [`secret-undefine ${uuid}`, 'Secret not found'],
  ]);
});
