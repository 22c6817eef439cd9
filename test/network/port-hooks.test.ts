/** Scripts of the administrator are told of the interfaces that containers get and lose while they run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { HookScripts } from '../support/domain/hook-scripts';
import { HostLinks, host } from '../support/network/host-links';
import { readProcess } from '../support/process/processes';
import { commandEnvironment, commandLine } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const name = 'hooks-ports';
const mac = '52:54:00:78:00:09';
const bridge = 'hookbr2';
const element = `<interface type='network'><mac address='${mac}'/><source network='ports'/></interface>`;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const network = await connection.defineNetwork(
    `<network><name>ports</name><bridge name='${bridge}'/></network>`,
  );
  keep(async () => {
    if ((await network.info()).active) await network.destroy();
  });
  await network.start();
  const elements = '<features><privnet/></features>';
  const domain = await connection.defineDomain(domainXml({ name, elements }));
  keep(async () => {
    if ((await domain.state()).state === 'running') await domain.destroy();
  });
  return { root, connection, domain, network, scripts: new HookScripts(root) };
});

function operations(): string[] {
  return world.scripts.calls().map((line) => line.replace('network ports ', ''));
}

/** The interfaces that are ports of the network's bridge. */
function plugged(): string[] {
  return host.links().flatMap(({ ifname, master }) => (master === bridge ? [ifname] : []));
}

test('one that is attached, changed, and detached', async () => {
  const { domain, network, scripts } = world;
  await domain.start();
  const input = scripts.file('input');
  scripts.add('network', `cat > ${input}.$2`);
  await domain.attachDevice(element, { which: 'live' });
  expect(operations()).toEqual(['port-created begin -']);
  const [port] = await network.ports();
  expect(await domain.xml()).toContain(
    `<source network='ports' portid='${port?.uuid ?? ''}' bridge='${bridge}'/>`,
  );
  await domain.updateDevice(element.replace('<source', "<link state='down'/><source"), {
    which: 'live',
  });
  await domain.detachDevice(element, { which: 'live' });
  expect(operations()).toEqual(['port-created begin -', 'port-deleted begin -']);
  const created = readFileSync(`${input}.port-created`, 'utf8');
  expect(created).toContain(`<mac address='${mac}'/>`);
  expect(readFileSync(`${input}.port-deleted`, 'utf8')).toBe(created);
});

test('one that fails refuses the interface, and it is told of nothing more', async () => {
  const { domain, scripts } = world;
  await domain.start();
  scripts.add('network', '[ "$2" != port-created ]');
  await expect(domain.attachDevice(element, { which: 'live' })).rejects.toMatchObject({
    code: 'HOOK_SCRIPT_FAILED',
  });
  expect(operations()).toEqual(['port-created begin -']);
  expect(await domain.xml()).not.toContain(mac);
  expect(plugged()).toEqual([]);
});

test('one that can’t be made once the hook has agreed', async () => {
  const { domain, scripts } = world;
  await domain.start();
  scripts.add('network', `[ "$2" != port-created ] || ip link delete ${bridge}`);
  await expect(domain.attachDevice(element, { which: 'live' })).rejects.toMatchObject({
    errno: constants.errno.ENODEV,
    message: expect.stringContaining(`a port of the bridge ${bridge}`) as string,
  });
  expect(operations()).toEqual(['port-created begin -', 'port-deleted begin -']);
});

/** Kills the command while its script runs at `port-created`. */
async function killedInHook(words: readonly string[]): Promise<void> {
  const kill = await world.scripts.stuckAt('network', 'port-created', words);
  await kill();
}

test('one whose caller is killed while the hook runs: the next process tells that it is gone', async () => {
  const { domain, scripts } = world;
  await domain.start();
  const file = scripts.file('device.xml');
  writeFileSync(file, element);
  await killedInHook(['attach-device', name, file, '--live']);
  expect(await domain.state()).toMatchObject({ state: 'running' });
  expect(operations()).toEqual(['port-created begin -', 'port-deleted begin -']);
  expect(plugged()).toEqual([]);
});

test.each(['create', 'start'])(
  'one of a %s that is killed while the hook runs: the next process tells that it is gone',
  async (verb) => {
    const { root, connection, scripts } = world;
    const file = scripts.file('domain.xml');
    writeFileSync(file, domainXml({ name: 'hooks-killed', devices: element }));
    if (verb === 'start') await connection.defineDomain(readFileSync(file, 'utf8'));
    await killedInHook([verb, verb === 'start' ? 'hooks-killed' : file]);
    await connection.listDomains();
    const folder = join(root.path, 'run/tslxc/lxc/hooks-killed');
    // A list waits a second for that, and what it has begun goes on.
    await eventually(() => {
      expect(operations()).toEqual(['port-created begin -', 'port-deleted begin -']);
      expect(existsSync(verb === 'start' ? join(folder, 'hooks.json') : folder)).toBe(false);
    });
  },
);

test('of a transient domain whose interface had to be named anew, the last hooks are called', async () => {
  const { root, connection, scripts } = world;
  scripts.add('lxc');
  const file = scripts.file('transient.xml');
  writeFileSync(file, domainXml({ name: 'hooks-raced', devices: element }));
  const [program = '', ...words] = commandLine('create', file);
  // It has chosen a name by then, and waits to be continued.
  const failpoint = { TSLXC_FAILPOINT: 'controller:before-start-record=stopSelf' };
  const env = { ...commandEnvironment(root.path), ...failpoint };
  using others = new HostLinks('beside others');
  const caller = spawn(program, words, { env, stdio: 'ignore' });
  const ended = once(caller, 'exit');
  await eventually(() => expect(readProcess(caller.pid ?? 0).state).toBe('T'));
  others.pair('vnet1000', 'thief');
  caller.kill('SIGCONT');
  expect(await ended).toEqual([0, null]);
  await (await connection.lookupDomainByName('hooks-raced')).destroy();
  const calls = ['prepare begin', 'start begin', 'started begin', 'stopped end'];
  expect(scripts.calls()).toEqual(
    [...calls.map((words) => `${words} -`), 'release end destroyed'].map(
      (words) => `lxc hooks-raced ${words}`,
    ),
  );
});
