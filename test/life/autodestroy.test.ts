/** Autodestroy: a container that ends with the connection or the process that started it, and what a restart makes of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { expectGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import type { DomainXmlOptions } from '../support/domain/domain-xml';
import { DrivenChild } from '../support/process/driven-child';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { libraryWords } from '../support/process/library-child';
import { hasEnded } from '../support/process/processes';
import { commandEnvironment, commandLine, runSuccessfully } from '../support/process/run-command';

const world = containerTest(rootAndConnection);

const define = (options: DomainXmlOptions): Promise<Domain> =>
  world.connection.defineDomain(domainXml(options));

/** An init that says when it can be asked to end, and ends then. Guarded, as everything that would end the host. */
const willing =
  "[ $$ = 1 ] || exit; trap 'exit 0' TERM; echo willing; while :; do sleep 0.05; done";
const patience = 10_000;

test('autodestroy ends the container with its connection, also after a reboot', async () => {
  const domain = await define({ name: 'bond-close', initArguments: ['-c', willing] });
  const owner = await connect(undefined, { root: world.root.path });
  const bonded = await owner.lookupDomainByName('bond-close');
  await bonded.start({ autodestroy: true });
  await bonded.waitFor({ console: /willing/, timeout: 2 * patience });
  await bonded.reboot({ timeout: patience });
  expect(await domain.state()).toMatchObject({ state: 'running' });
  await owner.close();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await expectGone('bond-close');
});

test('autodestroy ends it with the process, however that ends', async () => {
  const domain = await define({ name: 'bond-kill' });
  const [program = '', ...words] = commandLine(
    'start',
    'bond-kill',
    '--autodestroy',
    '--foreground',
  );
  const caller = spawn(program, words, {
    env: { ...commandEnvironment(world.root.path) },
    stdio: 'ignore',
  });
  await eventually(() => expect(domain.id).toBeDefined(), patience);
  const { id = 0 } = domain;
  caller.kill('SIGKILL');
  await eventually(() => expect(hasEnded(id)).toBe(true), patience);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  await expectGone('bond-kill');
});

test('autodestroy ends one that is paused, too', async () => {
  const domain = await define({ name: 'bond-paused' });
  await using owner = await DrivenChild.start(world.root.path);
  await owner.run(`
    const domain = await connection.lookupDomainByName('bond-paused');
    await domain.start({ autodestroy: true });
    await domain.suspend();`);
  owner.kill();
  await eventually(
    async () =>
      expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' }),
    patience,
  );
  await expectGone('bond-paused');
});

test('autodestroy is not lost when another process comes first in the pause before a restart', async () => {
  const source = join(world.root.path, 'lives');
  mkdirSync(source);
  const domain = await define({
    name: 'bond-restart',
    initArguments: [
      '-c',
      'cd /var/tmp/lives; [ -e first ] && exec sleep 600; until [ -e go ]; do sleep 0.05; done; echo >first',
    ],
    filesystems: [{ source, target: '/var/tmp/lives' }],
    elements: '<on_poweroff>restart</on_poweroff>',
  });
  const code = `
    const connection = await connect();
    await (await connection.lookupDomainByName('bond-restart')).start({ autodestroy: true });
    setInterval(() => undefined, 1000);`;
  const [program, ...words] = libraryWords(code);
  const env = { ...commandEnvironment(world.root.path) };
  const owner = spawn(program, words, { env, stdio: 'ignore' });
  await eventually(() => expect(domain.id).toBeDefined(), patience);
  const waiting = domain.wait();
  await sleep(500);
  writeFileSync(join(source, 'go'), '');
  // Its owner waits for 0.1 s then.
  await waiting;
  await domain.state();
  owner.kill('SIGKILL');
  await once(owner, 'close');
  await eventually(async () => {
    expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  }, patience);
  await expectGone('bond-restart');
});

test('autodestroy of a command that ends at once is a container that does', async () => {
  const file = join(world.root.path, 'bond.xml');
  writeFileSync(file, domainXml({ name: 'bond-create' }));
  await runSuccessfully(['create', file, '--autodestroy'], { root: world.root.path });
  expect(await runSuccessfully(['list', '--all', '--name'], { root: world.root.path })).toBe('\n');
  await expectGone('bond-create');
});
