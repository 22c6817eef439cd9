/** A network with everything that one may borrow, and a caller that is killed at a point of its start. */
import { networkFailpoints } from '../../lib/network/lifecycle/failpoint';
import type { NetworkFailpoint } from '../../lib/network/lifecycle/failpoint';
import { makeNetworkWorld, networkXml, traces } from '../support/network/virtual-network-world';

/** With everything that a network may borrow: two families, a route, forwarding, dnsmasq, a bandwidth. */
export const borrowingXml = networkXml(
  'lan',
  21,
  `<forward mode='nat'/><bridge name='lan0'/>
  <bandwidth><inbound average='1000'/></bandwidth>
  <ip family='ipv6' address='fd00:21::1' prefix='64'/>
  <route address='10.99.0.0' prefix='16' gateway='10.77.21.9'/>`,
);

export const stopPoints = networkFailpoints.slice(
  networkFailpoints.indexOf('network:after-stop-record'),
);
export const startPoints = networkFailpoints.filter((point) => !stopPoints.includes(point));
const lastStart: NetworkFailpoint = 'network:after-running-record';

/** What a child runs to be killed, or to fail, when it comes to a point. */
export function armed(point: NetworkFailpoint, action: 'kill' | 'fail'): string {
  return `process.env.TSLXC_NETWORK_FAILPOINT = '${point}=${action}';`;
}

/** The next look at the network leaves nothing of a start whose caller was killed there. */
export async function expectStartUndone(point: NetworkFailpoint): Promise<void> {
  await using world = await makeNetworkWorld();
  const before = traces();
  await world.connection.defineNetwork(borrowingXml);
  const { signal } = await world.child(`
  const network = await connection.lookupNetworkByName('lan');
  ${armed(point, 'kill')}
  await network.start();`);
  expect(signal).toBe('SIGKILL');
  if (point !== 'network:after-record') expect(traces()).not.toEqual(before);
  const network = await world.connection.lookupNetworkByName('lan');
  const { active } = await network.info();
  expect(active).toBe(point === lastStart);
  if (!active) {
    expect(traces()).toEqual(before);
    await network.start();
  }
  await network.destroy();
  expect(traces()).toEqual(before);
}
