/** Names `vnetN` of interfaces on the host: never two alike, and never one that another program takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Domain } from 'tslxc';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { HostLinks, host, ip } from '../../support/network/host-links';
import { NetworkWorld, interfaceXml } from '../../support/network/network-world';
import { readProcess } from '../../support/process/processes';
import { commandEnvironment, commandLine } from '../../support/process/run-command';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0');
});

afterAll(() => links[Symbol.dispose]());

const worlds = containerTest(async (keep) => {
  const other = keep(await NetworkWorld.make());
  return { one: keep(await NetworkWorld.make()), other };
});

const onBridge = (mac: string): string =>
  interfaceXml({ type: 'bridge', source: "bridge='br0'", mac });

const names = (): string[] => host.names().filter((name) => name.startsWith('vnet'));

async function startAll(domains: readonly Domain[]): Promise<void> {
  await Promise.all(domains.map((domain) => domain.start()));
}

test('starts of one process at once have names of their own, the lowest that are free', async () => {
  const macs = ['01', '02', '03', '04', '05', '06'];
  const domains = await Promise.all(
    macs.map((mac) => worlds.one.define({ name: `many-${mac}`, devices: onBridge(mac) })),
  );
  await startAll(domains);
  expect(names().sort()).toEqual(macs.map((_, index) => `vnet${1000 + index}`));
  await domains[2]?.destroy();
  await domains[2]?.start();
  expect(names()).toHaveLength(macs.length);
});

test('starts of several processes and roots at once have names of their own', async () => {
  const both = [worlds.one, worlds.other];
  const rounds = 3;
  for (let round = 0; round < rounds; round += 1) {
    const children = await Promise.all(
      ['11', '12', '13', '14'].map(async (mac, index) => {
        const { root } = both[index % 2] as NetworkWorld;
        const domain = await (both[index % 2] as NetworkWorld).define({
          name: `process-${mac}`,
          devices: onBridge(mac),
        });
        return { root, domain };
      }),
    );
    const ends = children.map(async ({ root, domain }) => {
      const [program = '', ...words] = commandLine('start', domain.name);
      const child = spawn(program, words, { env: commandEnvironment(root), stdio: 'ignore' });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    });
    expect(await Promise.all(ends)).toEqual([0, 0, 0, 0]);
    expect(new Set(names()).size).toBe(4);
    for (const { domain } of children) await domain.destroy();
  }
});

test('names of libvirt and of other programs are left alone', async () => {
  using others = new HostLinks('beside others');
  others.pair('vnet0', 'vnet1000');
  others.pair('vnet1001', 'elsewhere');
  await worlds.one.start({ name: 'beside', devices: onBridge('01') });
  expect(names().sort()).toEqual(['vnet0', 'vnet1000', 'vnet1001', 'vnet1002']);
});

test('a name that is taken between its choice and its making is let go, and another taken', async () => {
  const domain = await worlds.one.define({ name: 'raced', devices: onBridge('01') });
  const [program = '', ...words] = commandLine('start', 'raced');
  const env = {
    ...commandEnvironment(worlds.one.root),
    // It has chosen by then, and waits to be continued.
    TSLXC_FAILPOINT: 'controller:before-start-record=stopSelf',
  };
  using others = new HostLinks('beside others');
  const child = spawn(program, words, { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await eventually(() => expect(readProcess(child.pid ?? 0).state).toBe('T'));
  others.pair('vnet1000', 'thief');
  child.kill('SIGCONT');
  expect(await ended).toEqual([0, null]);
  expect(
    host.links().find(({ master, ifname }) => master === 'br0' && ifname !== 'br0-port'),
  ).toMatchObject({
    ifname: 'vnet1001',
  });
  expect(await domain.xml()).toContain("<target dev='vnet1001'/>");
  await domain.destroy();
  // Not ours, and still there.
  ip('link', 'show', 'vnet1000');
});
