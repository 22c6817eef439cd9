/** Definitions on disk that are torn or of a newer version: what the command says of them, and how it mends them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { commandOn } from '../support/process/command-on';
import { spawnCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  for (const name of ['whole', 'newer', 'torn']) {
    await connection.defineDomain(domainXml({ name, init: '/bin/cat' }));
  }
  await connection.defineNetwork('<network><name>net</name></network>');
  const folder = join(root.path, 'etc/tslxc');
  const damage = (file: string, change: (text: string) => string): void => {
    const path = join(folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  return { root, connection, damage };
});

const { says } = commandOn(() => world.root.path);
const said = (...words: readonly string[]) => spawnCommand(words, { root: world.root.path });
const containing = (text: string) => expect.stringContaining(text) as string;

/** The line that says why, on stderr. */
const reason = (what: string, name: string): RegExp =>
  new RegExp(`^warning: ${what}: its definition can't be read: XML error: .*/${name}\\.xml$`, 'm');

/** That of the one that is no XML. */
const tornReason =
  /^warning: domain 'torn': its definition can't be read: .*\/torn\.xml:13: Premature end of data in tag os line 12$/m;

function damageAll(): void {
  world.damage('lxc/newer.xml', (text) => text.replace('<os>', '<newer/><os>'));
  world.damage('lxc/torn.xml', (text) => text.slice(0, 400));
  world.damage('networks/net.xml', (text) => text.replace('<bridge', '<newer/><bridge'));
}

test('they are listed beside the others, with the reason behind the table; doctor names them with the way to mend them', async () => {
  damageAll();
  const list = await said('list', '--all');
  expect(list).toMatchObject({
    code: 0,
    stdout: containing(
      ' -    newer   shut off (unreadable)\n -    torn    shut off (unreadable)\n -    whole   shut off\n',
    ),
  });
  expect(list.stderr).toMatch(reason("domain 'newer'", 'newer'));
  expect(list.stderr).toMatch(tornReason);
  const titled = await said('list', '--all', '--title');
  expect(titled.stdout).toMatch(/ torn +shut off \(unreadable\) +\n/);
  expect(titled.stderr).toMatch(tornReason);
  expect(await says('list --all --no-autostart --name')).toBe('newer\ntorn\nwhole\n\n');
  expect(await says('domstate --reason torn')).toContain("its definition can't be read");
  const nets = await said('net-list', '--all');
  expect(nets.stdout).toMatch(/ net +inactive \(unreadable\) +no +yes\n/);
  expect(nets.stdout).toMatch(/ default +inactive +/);
  expect(nets.stderr).toMatch(reason("network 'net'", 'net'));
  expect(await says('net-info net')).toContain("Definition:     can't be read: XML error");
  const { stdout, code } = await said('doctor');
  expect(code).toBe(0);
  expect(stdout).toContain("the definition of domain 'newer' can't be read");
  expect(stdout).toContain('-> tslxc edit torn, or tslxc undefine torn');
  expect(stdout).toContain('-> tslxc net-edit net, or tslxc net-undefine net');
  expect(stdout).not.toContain("'whole'");
});

test('the boot starts the others, and says with its status that one was not started', async () => {
  for (const name of ['whole', 'torn']) await says(`autostart ${name}`);
  damageAll();
  const boot = await said('autostart-all');
  expect(boot).toMatchObject({ code: 1, stdout: containing("Domain 'whole' started") });
  expect(boot.stderr).toMatch(
    /Failed to start domain 'torn'\n.*\/torn\.xml:13: Premature end of data/,
  );
  await says('destroy whole');
});

test('an editor is given nothing that would lose characters when it is saved', async () => {
  const path = join(world.root.path, 'etc/tslxc/lxc/whole.xml');
  const whole = readFileSync(path);
  const latin = whole.toString().replace('</name>', '</name><title>K\u00fcche</title>');
  writeFileSync(path, latin, 'latin1');
  const edited = await spawnCommand(['edit', 'whole'], {
    root: world.root.path,
    env: { VISUAL: "sed -i 's/<vcpu>1/<vcpu>2/'" },
  });
  expect(edited).toMatchObject({ code: 1, stderr: containing('it is not in UTF-8: convert it') });
  expect(readFileSync(path, 'latin1')).toBe(latin);
  writeFileSync(path, whole);
});

test('an editor mends them, and what is beyond that is undefined or defined anew', async () => {
  damageAll();
  const VISUAL = "sed -i 's/<newer.>//'";
  for (const words of [
    ['edit', 'newer'],
    ['net-edit', 'net'],
  ]) {
    const edited = await spawnCommand(words, { root: world.root.path, env: { VISUAL } });
    expect(edited).toMatchObject({ code: 0, stdout: containing('XML configuration edited.') });
  }
  expect(await says('list --all')).toMatch(/ newer +shut off *\n/);
  expect(await says('net-list --all')).toMatch(/ net +inactive/);
  await says('start newer');
  await says('destroy newer');
  const unedited = await spawnCommand(['edit', 'torn'], {
    root: world.root.path,
    env: { VISUAL: 'cat' },
  });
  expect(unedited).toMatchObject({ code: 0, stdout: containing("<domain type='lxc'>") });
  expect(await says('undefine torn')).toContain('has been undefined');
  expect(await says('list --all --name')).toBe('newer\nwhole\n\n');
  const { stdout } = await said('doctor');
  expect(stdout).toContain('all that are stored can be read');
});
