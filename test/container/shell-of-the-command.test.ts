/** The shell of the command on a real terminal: what is typed, completed and remembered, and commands that use the terminal too. */
import { chownSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { PtySession } from '../support/console/pty-session';
import { domainXml } from '../support/domain/domain-xml';
import {
  commandEnvironment,
  commandLine,
  runCommand,
  spawnCommand,
} from '../support/process/run-command';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(rootAndConnection);

function shell(...words: readonly string[]): PtySession {
  const { path } = world.root;
  const env = { ...commandEnvironment(path), TERM: 'xterm', XDG_CACHE_HOME: join(path, 'cache') };
  return PtySession.start(commandLine(...words), { env });
}

test('a container is started, entered and left from one shell', async () => {
  const { connection, root } = world;
  await connection.defineDomain(domainXml({ name: 'guest' }));
  await using session = shell();
  await session.expect('Welcome to tslxc, the interactive terminal for containers.');
  await session.expect('tslxc # ');
  session.write('star');
  await session.expect('star');
  session.write('\t');
  await session.expect('t ');
  session.write('g\t');
  await session.expect('uest ');
  session.write('\r');
  await session.expect("Domain 'guest' started");
  await session.expect('tslxc # ');
  // The console has the terminal until it is left, and then the shell has it again.
  session.write('console guest\r');
  await session.expect('Escape character is ^] (Ctrl + ])');
  session.write('echo in"side"\r');
  await session.expect('inside');
  session.write('\u001d');
  await session.expect('tslxc # ');
  session.write('domstate guest; destroy guest\r');
  await session.expect('running');
  await session.expect("Domain 'guest' destroyed");
  await session.expect('tslxc # ');
  session.write('nosuch\u0003');
  await session.expect(/\^C[^]*tslxc # /);
  session.write('quit\r');
  expect(await session.exit()).toEqual({ code: 0 });
  expect(readFileSync(join(root.path, 'cache/tslxc/history'), 'utf8')).toBe(
    'start guest \nconsole guest\ndomstate guest; destroy guest\nquit\n',
  );
});

test.each([
  [65_534, []],
  [0, ['.cache']],
])('in the home of the user %d root keeps %j', async (uid, kept) => {
  const home = join(world.root.path, 'home');
  mkdirSync(home);
  chownSync(home, uid, uid);
  const env = { ...commandEnvironment(world.root.path), HOME: home, XDG_CACHE_HOME: '' };
  await using session = PtySession.start(commandLine('-q'), { env });
  await session.expect('tslxc # ');
  session.write('uri\r');
  await session.expect('lxc:///');
  await session.expect('tslxc # ');
  session.write('quit\r');
  expect(await session.exit()).toEqual({ code: 0 });
  expect(readdirSync(home)).toEqual(kept);
});

test('a script of commands comes from a pipe', async () => {
  const { connection, root } = world;
  await connection.defineDomain(domainXml({ name: 'guest' }));
  const input =
    '# begin\nstart guest; domstate guest\nexec guest -- sh -c \'echo "in  side"\'\ndestroy guest\n';
  const { code, stdout, stderr } = await spawnCommand(['-q'], { root: root.path, input });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.replace(/^tslxc # .*\n/gm, '')).toBe('running\nin  side\n');
});

test('the disks of a container are listed', async () => {
  const { connection, root } = world;
  mkdirSync(join(root.path, 'dev'));
  const devices =
    "<disk type='block' device='disk'><driver name='phy'/><source dev='/dev/loop0'/><target dev='vda' bus='virtio'/></disk>";
  await connection.defineDomain(domainXml({ name: 'disks', devices }));
  await connection.defineDomain(domainXml({ name: 'none' }));
  const run = async (...words: string[]): Promise<string> =>
    (await runCommand(words, { root: root.path })).stdout;
  expect(await run('domblklist', 'disks')).toBe(
    ' Target   Source\n----------------------\n vda      /dev/loop0\n\n',
  );
  expect(await run('domblklist', 'disks', '--details', '--inactive')).toBe(
    ' Type    Device   Target   Source\n---------------------------------------\n block   disk     vda      /dev/loop0\n\n',
  );
  expect(await run('domblklist', 'none')).toBe(' Target   Source\n------------------\n\n');
  expect(await runCommand(['domblklist', 'nosuch'], { root: root.path })).toMatchObject({
    code: 1,
    stderr: "error: failed to get domain 'nosuch'\n",
  });
});

test('the host is told of as it is', async () => {
  const run = async (...words: string[]): Promise<string> =>
    (await runCommand(['-q', ...words], { root: world.root.path })).stdout;
  // What is free changes from one moment to the next.
  const [, told = ''] = /^Total: (\d+) KiB\n$/.exec(await run('freecell')) ?? [];
  expect(Number(told)).toBeGreaterThan(0);
  expect(Number(told)).toBeLessThan(totalmem() / 1024);
  expect(await run('freepages', '--all')).toMatch(/^Node 0:\n4KiB: \d+\n/);
  const online = readFileSync('/sys/devices/system/cpu/online', 'latin1').trim();
  expect(await run('nodecpumap', '--pretty')).toMatch(new RegExp(`CPU map: +${online}\n$`));
  expect(await run('hostname')).toMatch(/^[A-Za-z0-9.-]+\n$/);
  expect(await runCommand(['allocpages', '4', '1'], { root: world.root.path })).toMatchObject({
    code: 1,
    stderr: "error: Requested operation is not valid: system pages pool can't be modified\n",
  });
});
