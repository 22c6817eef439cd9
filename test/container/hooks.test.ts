/** Scripts of the administrator are called at the start and the end of domains, with what libvirt gives to its hooks. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { hasEnded } from '../support/process/processes';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { expectGone, untilGone } from '../support/world/container-traces';

const name = 'hooks';

const world = containerTest(rootAndConnection);

let domain: Domain;
let scripts: HookScripts;

beforeEach(async () => {
  domain = await world.connection.defineDomain(domainXml({ name }));
  scripts = new HookScripts(world.root);
});

test('each is called with libvirt’s arguments, its environment, and the definition as its input', async () => {
  const input = scripts.file('input');
  scripts.add('lxc', `cat > ${input}.$2; env > ${scripts.file('environment')}`);
  await domain.start();
  await domain.destroy();
  const operations = ['prepare begin -', 'start begin -', 'started begin -', 'stopped end -'];
  const calls = [...operations, 'release end destroyed'].map((words) => `lxc ${name} ${words}`);
  expect(scripts.calls()).toEqual(calls);
  for (const operation of ['prepare', 'started', 'release']) {
    expect(readFileSync(`${input}.${operation}`, 'utf8')).toContain(`<name>${name}</name>`);
  }
  const variables = readFileSync(scripts.file('environment'), 'utf8').split('\n');
  expect(variables).toEqual(expect.arrayContaining(['LC_ALL=C', 'USER=root', 'HOME=/root']));
});

test('a container that ends by itself is released by the process that cleans up, with how it ended', async () => {
  scripts.add('lxc');
  await domain.start({ ownership: 'leave' });
  const stream = await domain.openConsole();
  stream.on('data', () => undefined);
  stream.write('exit\n');
  await untilGone(name);
  await eventually(() => {
    expect(scripts.calls().slice(3)).toEqual([
      `lxc ${name} stopped end -`,
      `lxc ${name} release end shutdown`,
    ]);
  });
});

test.each([
  ['prepare', ['prepare begin -', 'stopped end -', 'release end failed']],
  ['start', ['prepare begin -', 'start begin -', 'stopped end -', 'release end failed']],
  [
    'started',
    ['prepare begin -', 'start begin -', 'started begin -', 'stopped end -', 'release end failed'],
  ],
])(
  'one that fails at %s refuses the start, and nothing is left of it',
  async (operation, calls) => {
    const path = scripts.add('lxc', `[ "$2" != ${operation} ] || { echo not today >&2; exit 3; }`);
    await expect(domain.start()).rejects.toMatchObject({
      code: 'HOOK_SCRIPT_FAILED',
      path,
      message: expect.stringContaining(
        `${path} ${name} ${operation} begin - exited with status 3: not today`,
      ) as string,
    });
    expect(scripts.calls()).toEqual(calls.map((words) => `lxc ${name} ${words}`));
    await expectGone(name);
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
    scripts.add('lxc');
    await domain.start();
    await domain.destroy();
  },
);

test('of a transient domain that one refuses, nothing is left', async () => {
  scripts.add('lxc', 'exit 1');
  const xml = domainXml({ name: 'hooks-transient' });
  await expect(world.connection.createDomain(xml)).rejects.toMatchObject({
    code: 'HOOK_SCRIPT_FAILED',
  });
  expect(existsSync(join(world.root.path, 'run/tslxc/lxc/hooks-transient'))).toBe(false);
});

test('those of the folder follow in the order of their names; what is not executable is none', async () => {
  scripts.add('lxc.d/20-second');
  scripts.add('lxc.d/10-first');
  scripts.add('lxc.d/15-off', '', 0o644);
  scripts.add('lxc');
  await domain.start();
  const begun = ['lxc', '10-first', '20-second'].map((one) => `${one} ${name} prepare begin -`);
  expect(scripts.calls().slice(0, 3)).toEqual(begun);
  await domain.destroy();
});

test('those of libvirt are called if the settings say so', async () => {
  const libvirts = new HookScripts({ path: world.root.path });
  libvirts.add('../../libvirt/hooks/lxc');
  await domain.start();
  await domain.destroy();
  expect(libvirts.calls()).toEqual([]);
  scripts.setting('libvirt_hooks = 1');
  await domain.start();
  expect(libvirts.calls()).toContain(`lxc ${name} started begin -`);
  await domain.destroy();
});

test('the failure of one at the end of a domain changes nothing of it', async () => {
  scripts.add('lxc', '[ "$3" != end ] || exit 1');
  await domain.start();
  await domain.destroy();
  expect(scripts.calls().at(-1)).toBe(`lxc ${name} release end destroyed`);
  await expectGone(name);
});

test('one that takes too long is killed with what it has started, and the start is refused', async () => {
  scripts.setting('hook_timeout = 1');
  const pids = scripts.file('pids');
  scripts.add('lxc', `[ "$2" = start ] || exit 0; sleep 1000 & echo $$ $! > ${pids}; wait`);
  // On a busy machine it may not have come that far in its second; then it is given another one.
  const started = await eventually(async () => {
    await expect(domain.start()).rejects.toMatchObject({
      code: 'HOOK_SCRIPT_FAILED',
      message: expect.stringContaining('was killed after 1 s') as string,
    });
    const found = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(found).toHaveLength(2);
    return found;
  });
  await eventually(() => expect(started.filter((pid) => !hasEnded(pid))).toEqual([]));
});

test('one that others may change is refused', async () => {
  const path = scripts.add('lxc');
  chmodSync(path, 0o775);
  await expect(domain.start()).rejects.toMatchObject({
    code: 'HOOK_SCRIPT_FAILED',
    message: expect.stringContaining('chmod go-w') as string,
  });
  expect(scripts.calls()).toEqual([]);
});

test('what one leaves running holds nothing up', async () => {
  const pid = scripts.file('pid');
  scripts.add('lxc', `[ "$2" != started ] || { sleep 1000 & echo $! > ${pid}; }`);
  await domain.start();
  const left = Number(readFileSync(pid, 'utf8'));
  expect(hasEnded(left)).toBe(false);
  process.kill(left, 'SIGKILL');
  await domain.destroy();
});

test.each(['prepare', 'start'])(
  'of a start that is killed while one runs at %s, the next process calls the last ones',
  async (operation) => {
    const kill = await scripts.stuckAt('lxc', operation, ['start', name]);
    await kill();
    const before = scripts.calls().length;
    await domain.start();
    const after = ['stopped end -', 'release end failed', 'prepare begin -', 'start begin -'];
    expect(scripts.calls().slice(before)).toEqual(
      [...after, 'started begin -'].map((one) => `lxc ${name} ${one}`),
    );
    await domain.destroy();
  },
);
