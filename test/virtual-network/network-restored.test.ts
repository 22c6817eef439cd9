/**
 * Rules and a dnsmasq that a running network has lost are brought back by the next look. What else can be done to it:
 * test/more/virtual-network/network-repair.test.ts.
 */
import { eventually } from '../support/time/eventually';
import {
  makeNetworkWorld,
  networkXml,
  processes,
  run,
} from '../support/network/virtual-network-world';

const xml = networkXml('lan', 31, `<forward mode='nat'/><bridge name='lan0'/>`);

test('a dnsmasq that was killed together with its keeper is brought back by the next look', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(xml);
  const before = processes(/^(dnsmasq|tslxc-keeper)$/);
  expect(before).toHaveLength(2);
  for (const { pid } of before) kill(pid);
  await eventually(() => expect(processes(/^(dnsmasq|tslxc-keeper)$/)).toEqual([]));
  // The kernel takes the lock of a killed process back a moment after the process has gone.
  await eventually(async () => {
    expect(await network.info()).toMatchObject({ active: true });
    expect(processes(/^dnsmasq$/)).toHaveLength(1);
  });
});

test('rules that were flushed are loaded again by the next look', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(xml);
  const before = run('nft', 'list', 'ruleset');
  expect(before).toContain('tslxc_lan0');
  run('nft', 'flush', 'ruleset');
  expect(await network.info()).toMatchObject({ active: true });
  expect(run('nft', 'list', 'ruleset')).toBe(before);
});

test('so is a chain that the table of an older package lacks', async () => {
  await using world = await makeNetworkWorld();
  const network = await world.connection.createNetwork(xml);
  const before = run('nft', 'list', 'ruleset');
  run('nft', 'delete', 'chain', 'inet', 'tslxc_lan0', 'loopback');
  expect(await network.info()).toMatchObject({ active: true });
  expect(run('nft', 'list', 'ruleset')).toBe(before);
});

/** The one ends with the other. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
