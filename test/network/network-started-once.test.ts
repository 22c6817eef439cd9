/** One network that several processes start at once; what else they do: test/more/network/network-processes.test.ts. */
import { makeNetworkWorld, networkXml, processes } from '../support/network/virtual-network-world';

test('two processes that start one network at once start it once', async () => {
  await using world = await makeNetworkWorld();
  await world.connection.defineNetwork(networkXml('lan', 43));
  const start = () =>
    world.child(`
      const network = await connection.lookupNetworkByName('lan');
      await network.start().then(() => console.log('started'), ({ message }) => console.log(message));`);
  const said = (await Promise.all([start(), start(), start()])).map(({ stdout }) => stdout.trim());
  const refused = 'Requested operation is not valid: network is already active';
  expect(said.sort()).toEqual([refused, refused, 'started']);
  expect(processes(/^dnsmasq$/)).toHaveLength(1);
});
