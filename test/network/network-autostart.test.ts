/**
 * Networks that are started with the host come up at the first use of networks after its boot. Those that can not, or were
 * stopped by hand: test/more/network/network-processes.test.ts.
 */
import {
  link,
  makeNetworkWorld,
  networkXml,
  processes,
  run,
} from '../support/network/virtual-network-world';
import { Boot, endedIn } from './host-boot';

describe('a boot of the host', () => {
  test('brings up what is started with it at the first use of networks, and nothing else', async () => {
    await using world = await makeNetworkWorld();
    await using _clean = endedIn(world);
    const { connection } = world;
    const [auto, manual] = [
      await connection.defineNetwork(networkXml('auto', 44, `<bridge name='auto0'/>`)),
      await connection.defineNetwork(networkXml('manual', 45, `<bridge name='manual0'/>`)),
    ];
    await auto.setAutostart('on');
    // From the next boot on.
    expect((await connection.listNetworks({ state: 'active' })).length).toBe(0);
    expect((await connection.listNetworks({ autostart: 'on' })).map(({ name }) => name)).toEqual([
      'auto',
      'default',
    ]);
    await manual.start();
    await loseEverything();
    const boot = new Boot(world.root);
    expect(await boot.list()).toEqual(['auto', 'default']);
    expect(link('auto0')).toBeDefined();
    expect(link('manual0')).toBeUndefined();
    expect(link('virbr0')).toBeDefined();
    await boot.destroyAll();
  });
});

/** What a boot takes: interfaces, rules and processes; and /run is a new one. */
async function loseEverything(): Promise<void> {
  const kept = processes(/^(tslxc-keeper|dnsmasq)$/);
  for (const { pid } of kept.filter(({ name }) => name === 'tslxc-keeper'))
    process.kill(pid, 'SIGKILL');
  for (const name of ['auto0', 'manual0', 'virbr0']) {
    if (link(name) !== undefined) run('ip', 'link', 'del', name);
  }
  run('nft', 'flush', 'ruleset');
  await Promise.resolve();
}
