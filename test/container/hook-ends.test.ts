/** The last hooks of a domain: in libvirt’s order, with what libvirt gives to them, and also when the caller of a start was killed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import { eventually, slowness } from '../support/time/eventually';
import { timed } from '../support/time/timed';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { cgroupsOf, expectGone, monitorsOf, untilGone } from '../support/world/container-traces';

const name = 'hook-ends';
const failing = domainXml({ name, init: '/no/such/init' });

const world = containerTest(rootAndConnection);

let scripts: HookScripts;

beforeEach(() => {
  scripts = new HookScripts(world.root);
});

function stuckAt(operation: string, words: readonly string[]): Promise<() => Promise<void>> {
  return scripts.stuckAt('lxc', operation, words);
}

function operations(): string[] {
  return scripts.calls().map((line) => line.replace(`lxc ${name} `, ''));
}

const tree = '/sys/fs/cgroup -type d -path';

test('of a start that fails, `stopped` comes before its cgroups are removed, and `release` after', async () => {
  const seen = scripts.file('seen');
  scripts.add('lxc', `echo $2 $(find ${tree} '*/libvirt/lxc/${name}' | wc -l) >> ${seen}`);
  const domain = await world.connection.defineDomain(failing);
  await expect(domain.start()).rejects.toMatchObject({ path: '/no/such/init' });
  const counts = new Map(
    readFileSync(seen, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  expect(operations().slice(2)).toEqual(['stopped end -', 'release end failed']);
  expect(Number(counts.get('stopped'))).toBeGreaterThan(0);
  expect(counts.get('release')).toBe('0');
});

test('of a container whose monitor does not answer, nothing runs when `stopped` is called', async () => {
  const seen = scripts.file('seen');
  const processes = `find /sys/fs/cgroup -path '*/libvirt/lxc/${name}/*cgroup.procs' -exec cat {} +`;
  scripts.add('lxc', `echo $2 $(${processes} | wc -l) >> ${seen}`);
  const domain = await world.connection.defineDomain(domainXml({ name }));
  await domain.start();
  for (const monitor of monitorsOf(name)) process.kill(monitor, 'SIGSTOP');
  await domain.destroy();
  const lines = readFileSync(seen, 'utf8').trim().split('\n');
  expect(lines.at(2)).not.toBe('started 0');
  expect(lines.at(3)).toBe('stopped 0');
});

test('the last ones get the XML of what ran, with the names of its interfaces', async () => {
  const input = scripts.file('input');
  scripts.add('lxc', `cat > ${input}.$2`);
  const devices = "<interface type='ethernet'/>";
  const domain = await world.connection.defineDomain(domainXml({ name, devices }));
  await domain.start();
  const live = await domain.xml({ which: 'live' });
  const { id } = domain;
  await domain.destroy();
  const [, target = ''] = /<target dev='(vnet\d+)'\/>/.exec(live) ?? [];
  expect(target).not.toBe('');
  for (const operation of ['started', 'stopped']) {
    expect(readFileSync(`${input}.${operation}`, 'utf8')).toBe(live);
  }
  const gone = live.replace(` id='${String(id)}'`, '');
  expect(gone).not.toBe(live);
  expect(readFileSync(`${input}.release`, 'utf8')).toBe(gone);
});

test('a container whose caller is killed while `started` runs is ended, and its start has failed', async () => {
  const domain = await world.connection.defineDomain(domainXml({ name }));
  const kill = await stuckAt('started', ['start', name]);
  expect(cgroupsOf(name)).not.toEqual([]);
  const before = operations().length;
  await kill();
  await untilGone(name);
  await eventually(() =>
    expect(operations().slice(before)).toEqual(['stopped end -', 'release end failed']),
  );
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
});

test('one that `started` agrees to outlives its caller', async () => {
  scripts.add('lxc');
  const domain = await world.connection.defineDomain(domainXml({ name }));
  const [program = '', ...words] = commandLine('start', name);
  const caller = spawn(program, words, {
    env: commandEnvironment(world.root.path),
    stdio: 'ignore',
  });
  await new Promise((resolve) => caller.once('close', resolve));
  expect(await domain.state()).toMatchObject({ state: 'running' });
  await domain.destroy();
  await expectGone(name);
});

test('of a transient domain whose start fails and whose caller is killed in `release`, the next look calls it', async () => {
  const file = join(world.root.path, 'transient.xml');
  writeFileSync(file, failing);
  const kill = await stuckAt('release', ['create', file]);
  await kill();
  const before = operations().length;
  await world.connection.listDomains();
  // A list waits a second for that, and what it has begun goes on.
  await eventually(() => {
    expect(operations().slice(before)).toEqual(['stopped end -', 'release end failed']);
    expect(existsSync(join(world.root.path, 'run/tslxc/lxc', name))).toBe(false);
  });
});

test('a clean-up is not held up by a transient domain whose `prepare` runs', async () => {
  const file = join(world.root.path, 'transient.xml');
  writeFileSync(file, failing);
  const kill = await stuckAt('prepare', ['create', file]);
  const [cleaned, took] = await timed(world.connection.reap());
  expect(cleaned).toBe(0);
  expect(took).toBeLessThan(10_000 * slowness);
  await kill();
  await world.connection.listDomains();
  await eventually(() =>
    expect(operations().slice(-2)).toEqual(['stopped end -', 'release end failed']),
  );
});
