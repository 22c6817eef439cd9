/** The address of a network's bridge, where it is none of an interface: as in libvirt it is stored, and no start accepts it. */
import { containing, errorOf } from '../unit/driver/refusal';
import {
  link,
  makeNetworkWorld,
  networkXml,
  traces,
} from '../support/network/virtual-network-world';

test('a bridge with an address of no interface is defined and not started, until it is gone from the text', async () => {
  await using world = await makeNetworkWorld();
  const before = traces();
  const xml = (mac: string): string => networkXml('odd', 6, `<bridge name='odd0'/>\n${mac}`);
  const network = await world.connection.defineNetwork(xml("<mac address='00:00:00:00:00:00'/>"));
  expect(await errorOf(() => network.start())).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'network/mac/@address',
    message: containing("the bridge of network 'odd' can't have the address"),
  });
  expect(traces()).toEqual(before);
  await world.connection.defineNetwork(xml(''));
  await network.start();
  expect(link('odd0')).toMatchObject({ address: expect.stringMatching(/^52:54:00:/) as string });
  await network.destroy();
});
