/** The life of a network's dnsmasq: whatever dies, the network is served again, and nothing is left. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  dnsmasqPid,
  ensureDnsmasq,
  startDnsmasq,
  stopDnsmasq,
} from '../../lib/network/dnsmasq/dnsmasq';
import { monitorExecutable } from '../../lib/host/executable';
import type { ActiveNetwork } from '../../lib/network/active-network';
import { isKeeperAlive } from '../../lib/network/dnsmasq/keeper';
import { eventually } from '../support/time/eventually';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { packageRoot, runProgram } from '../support/process/run-command';
import { hasEnded, listProcesses, readProcess } from '../support/process/processes';
import { sendSignal } from '../support/process/send-signal';
import { DhcpWorld, run } from '../support/network/dhcp-world';

// Opened once a process, and kept.
monitorExecutable();
const before = snapshotHost();
const world = new DhcpWorld();
const own = processesOfOurs();
let count = 0;

afterAll(async () => {
  await world.dispose();
  expect(processesOfOurs()).toEqual(own);
  await expectHostUnchanged(before);
});

/** Keepers and dnsmasqs of this namespace: other tests' and the host's are not our concern. */
function processesOfOurs(): number[] {
  return listProcesses().filter((pid) => {
    try {
      const name = readProcess(pid).words[0] ?? '';
      if (!/dnsmasq$|^tslxc-keeper$/.test(name) || hasEnded(pid)) return false;
      return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
    } catch {
      return false;
    }
  });
}

async function aNetwork(more = ''): Promise<ActiveNetwork> {
  count += 1;
  const net = `10.78.${count}`;
  return await world.network(
    `life${count}`,
    `<bridge name='tl${count}'/><ip address='${net}.1' prefix='24'>
      <dhcp><range start='${net}.100' end='${net}.120'/></dhcp></ip>${more}`,
  );
}

function gateway({ definition }: ActiveNetwork): string {
  return definition.ips[0]?.address ?? '';
}

function keeperOf(network: ActiveNetwork): number {
  return Number(readFileSync(network.paths.keeperLock, 'utf8'));
}

async function untilAnotherServes(network: ActiveNetwork, dead: number): Promise<number> {
  return await eventually(() => {
    const pid = dnsmasqPid(network);
    if (pid === undefined || pid === dead) throw new Error('no new dnsmasq');
    return pid;
  }, 1000);
}

test('a killed dnsmasq is there again within a second, and answers', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const client = await world.client(network, 'witness');
  const { ip } = await client.askDhcp();
  const pid = dnsmasqPid(network) ?? 0;
  process.kill(pid, 'SIGKILL');
  await untilAnotherServes(network, pid);
  expect(await client.resolve('witness', gateway(network))).toEqual([ip]);
  expect(readFileSync(network.paths.log, 'utf8')).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ was ended by signal 9, starts again in 0 ms$/m,
  );
  expect(await ensureDnsmasq(network)).toEqual({ state: 'serving' });
});

test('with a killed keeper its dnsmasq ends, and the next look brings both back', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const [keeper, pid] = [keeperOf(network), dnsmasqPid(network) ?? 0];
  expect(readProcess(keeper).words[0]).toBe('tslxc-keeper');
  for (let round = 0; round < 5; round += 1) {
    process.kill(keeperOf(network), 'SIGKILL');
    // At once: the port may still be the dead one's.
    await eventually(() => expect(isKeeperAlive(network.paths)).toBe(false), 1000);
    expect(await ensureDnsmasq(network)).toEqual({ state: 'restarted' });
  }
  await eventually(() => expect([keeper, pid].map(hasEnded)).toEqual([true, true]));
  expect(dnsmasqPid(network)).not.toBe(pid);
  const client = await world.client(network, 'after');
  await client.askDhcp();
});

test('a stop leaves no process and no file but the leases, and can be repeated', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const pids = [keeperOf(network), dnsmasqPid(network) ?? 0];
  await stopDnsmasq(network);
  expect(pids.map(hasEnded)).toEqual([true, true]);
  const { paths } = network;
  expect([paths.dnsmasqConfig, paths.dnsmasqPid, paths.dnsmasqOwnPid].filter(existsSync)).toEqual(
    [],
  );
  expect(existsSync(paths.leases)).toBe(true);
  await stopDnsmasq(network);
  rmSync(paths.directory, { recursive: true });
  await stopDnsmasq(network);
});

test('a process that only has the number of a dead keeper is left alone', async () => {
  const network = await aNetwork();
  const client = await world.client(network, 'bystander');
  writeFileSync(network.paths.keeperLock, `${client.pid}\n`);
  writeFileSync(network.paths.dnsmasqPid, `${client.pid}\n`);
  expect(dnsmasqPid(network)).toBeUndefined();
  await stopDnsmasq(network);
  expect(hasEnded(client.pid)).toBe(false);
  expect(existsSync(network.paths.dnsmasqPid)).toBe(false);
});

test('it stays when its caller is killed, in the leaf of the monitors and its own session', async () => {
  const network = await aNetwork();
  const code = `
    const { startDnsmasq } = require(${JSON.stringify(join(packageRoot, 'dist/network/dnsmasq/dnsmasq.js'))});
    startDnsmasq(${JSON.stringify(network)}).then(() => process.kill(process.pid, 'SIGKILL'));`;
  expect(await runProgram([process.execPath, '-e', code])).toMatchObject({ signal: 'SIGKILL' });
  const client = await world.client(network, 'left');
  await client.askDhcp();
  const keeper = keeperOf(network);
  for (const pid of [keeper, dnsmasqPid(network) ?? 0]) {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    expect(lines.filter((line) => !line.endsWith(':/libvirt/tslxc-monitor'))).toEqual([]);
  }
  const [, session] = /^NSsid:\t(\d+)/m.exec(status(keeper)) ?? [];
  expect(Number(session)).toBe(keeper);
  expect(await ensureDnsmasq(network)).toEqual({ state: 'serving' });
});

test('the keeper has no more descriptors and capabilities than it needs', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const keeper = keeperOf(network);
  expect(status(keeper)).toMatch(/^CapPrm:\t00000000000034e3$/m);
  const { stdout } = await runProgram(['ls', `/proc/${keeper}/fd`]);
  // Four times the null device; the folder, the log, the lock; signals.
  expect(stdout.trim().split('\n')).toHaveLength(8);
});

test('a port in use is an error in the words of dnsmasq, and nothing stays', async () => {
  const network = await aNetwork();
  const code = `
    const server = require('node:net').createServer();
    server.listen(53, '${gateway(network)}', () => console.log('listening'));`;
  const other = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => other.stdout.once('data', resolve));
    await expect(startDnsmasq(network)).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      step: 'start dnsmasq',
      message: expect.stringMatching(
        /dnsmasq: failed to create listening socket for \S+: Address already in use/,
      ) as string,
    });
    expect(isKeeperAlive(network.paths)).toBe(false);
    expect(dnsmasqPid(network)).toBeUndefined();
  } finally {
    other.kill('SIGKILL');
  }
});

test('an option that dnsmasq does not know is named', async () => {
  const network = await aNetwork(`<dnsmasq:options><dnsmasq:option value='log-dhcp'/>
    <dnsmasq:option value='no-such-thing=1'/></dnsmasq:options>`);
  await expect(startDnsmasq(network)).rejects.toMatchObject({
    code: 'XML_ERROR',
    element: 'network/dnsmasq:options/dnsmasq:option',
    line: expect.any(Number) as number,
    message: expect.stringContaining("dnsmasq refuses the option 'no-such-thing=1'") as string,
  });
  expect(existsSync(network.paths.dnsmasqConfig)).toBe(false);
});

test('without dnsmasq the error names the package', async () => {
  const network = await aNetwork();
  // In a mount namespace of its own, where nothing is at the places for programs.
  const code = `
    const { programPath } = require(${JSON.stringify(join(packageRoot, 'dist/host/program.js'))});
    try { programPath({ program: 'dnsmasq', package: 'dnsmasq-base', step: 'start dnsmasq' }); }
    catch (error) { console.log(error.code, error.message); }`;
  const hide = 'mount -t tmpfs none /usr/sbin && exec "$@"';
  const { stdout } = await runProgram([
    ...['unshare', '--mount', 'sh', '-c', hide, 'sh', process.execPath, '-e', code],
  ]);
  expect(stdout).toMatch(/^OPERATION_UNSUPPORTED .*install the Debian package dnsmasq-base/);
  expect(isKeeperAlive(network.paths)).toBe(false);
});

test('one that dies again and again is told of, with its words, and kept on trying', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const { dnsmasqConfig: config } = network.paths;
  const good = readFileSync(config, 'utf8');
  writeFileSync(config, 'no-such-option\n');
  sendSignal(dnsmasqPid(network), 'SIGKILL');
  await eventually(() => {
    expect(readFileSync(network.paths.log, 'utf8')).toContain('ended with exit code 1');
  });
  const state = await ensureDnsmasq(network);
  expect(state).toMatchObject({ state: 'failing' });
  expect(state.words).toMatch(/ended with exit code 1, starts again in \d+ ms\n.*bad option/);
  writeFileSync(config, good);
  expect((await eventuallyServing(network)).state).not.toBe('failing');
});

async function eventuallyServing(network: ActiveNetwork): ReturnType<typeof ensureDnsmasq> {
  return await eventually(async () => {
    const state = await ensureDnsmasq(network);
    if (state.state === 'failing') throw new Error(state.words);
    return state;
  }, 10_000);
}

test('a stop ends it between two tries too', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  writeFileSync(network.paths.dnsmasqConfig, 'no-such-option\n');
  sendSignal(dnsmasqPid(network), 'SIGKILL');
  await eventually(() => expect(readFileSync(network.paths.log, 'utf8')).toContain('200 ms'));
  await stopDnsmasq(network);
  expect(isKeeperAlive(network.paths)).toBe(false);
});

test('a dnsmasq that hangs is killed at a stop', async () => {
  const network = await aNetwork();
  await startDnsmasq(network);
  const pid = dnsmasqPid(network) ?? 0;
  process.kill(pid, 'SIGSTOP');
  await stopDnsmasq(network);
  expect(hasEnded(pid)).toBe(true);
});

test('many at once: starts, restarts and stops of ten networks', async () => {
  const networks = [];
  for (let index = 0; index < 10; index += 1) networks.push(await aNetwork());
  await Promise.all(networks.map(startDnsmasq));
  await Promise.all(networks.map(startDnsmasq));
  expect(new Set(networks.map(dnsmasqPid)).size).toBe(10);
  expect(networks.map(dnsmasqPid)).not.toContain(undefined);
  await Promise.all(networks.map(stopDnsmasq));
  expect(networks.map(dnsmasqPid)).toEqual(networks.map(() => undefined));
});

test('what only another user than root may not do is an error too', async () => {
  const network = await aNetwork();
  const folder = world.at('tftp');
  await run('mkdir', '--mode=700', folder);
  const closed = world.describe(
    network.definition.name,
    `<bridge name='${network.bridge}'/>
     <ip address='${gateway(network)}' prefix='24'><tftp root='${folder}'/></ip>`,
  );
  await expect(startDnsmasq(closed)).rejects.toMatchObject({
    message: expect.stringContaining(`TFTP directory ${folder} inaccessible`) as string,
  });
  expect(isKeeperAlive(closed.paths)).toBe(false);
});

test('a root with a name that means something to dnsmasq', async () => {
  const odd = new DhcpWorld('a, b # \'c\' "d" \\e');
  try {
    const folder = odd.at('t, f');
    await run('mkdir', folder);
    await run('chmod', '711', odd.at(''));
    const attribute = folder.replaceAll("'", '&apos;');
    const network = await odd.network(
      'odd',
      `<bridge name='tlodd'/>
      <ip address='10.79.0.1' prefix='24'><tftp root='${attribute}'/>
      <dhcp><range start='10.79.0.2' end='10.79.0.9'/><bootp file='boot, me'/></dhcp></ip>`,
    );
    await startDnsmasq(network);
    const client = await odd.client(network, 'oddly');
    await client.askDhcp();
    expect(readFileSync(network.paths.leases, 'utf8')).toContain(' oddly ');
    expect(existsSync(join(dirname(network.paths.leases), 'a'))).toBe(false);
  } finally {
    await odd.dispose();
  }
});

function status(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}
