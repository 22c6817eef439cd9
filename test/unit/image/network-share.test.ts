/** What a virtual network gives to an interface of a container from an image. */
import type { InterfaceSpec } from '../../../lib/domain/builder/spec';
import { needsShare, resolverMount, withShare } from '../../../lib/image/network-share';

const share = {
  mac: '52:54:00:00:00:01',
  addresses: ['192.168.150.7/24', 'fd00:77::7/64'],
  routers: ['192.168.150.1', 'fd00:77::1'],
};
const portForwards = [{ ranges: [{ start: 8080, to: 80 }] }];
const wanted: InterfaceSpec = { type: 'network', network: 'lab', portForwards };

test('the interface has all that its network gives it', () => {
  expect(withShare(wanted, share)).toEqual({
    ...wanted,
    mac: '52:54:00:00:00:01',
    addresses: ['192.168.150.7/24', 'fd00:77::7/64'],
    routes: [
      { to: '0.0.0.0/0', via: '192.168.150.1' },
      { to: '::/0', via: 'fd00:77::1' },
    ],
  });
  const routes = [{ to: '10.0.0.0/8', via: '192.168.150.9' }];
  expect(withShare({ ...wanted, routes }, share)).toMatchObject({ routes });
  expect(withShare(wanted, undefined)).toBe(wanted);
  expect(resolverMount('/var/resolver')).toEqual({
    ...{ source: '/var/resolver', target: '/etc/resolv.conf', readonly: true },
  });
});

test.each<[InterfaceSpec, boolean]>([
  [wanted, true],
  // Its user wants none, as where init has a DHCP client.
  [{ ...wanted, addresses: [] }, false],
  [{ ...wanted, addresses: ['192.168.150.9/24'] }, false],
  [{ type: 'bridge', bridge: 'br0' }, false],
])('%j is given something: %s', (one, isGiven) => {
  expect(needsShare(one)).toBe(isGiven);
});
