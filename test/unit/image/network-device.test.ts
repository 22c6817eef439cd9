/** How a domain of an image is in a network: published ports, addresses, and the XML that says so. */
import { printXml } from '../../../lib/domain/xml/print';
import { networkDevice, networkOf, resolverDevice } from '../../../lib/image/network-device';
import { parsePublishedPort } from '../../../lib/image/published-port';

test.each([
  ['8080:80', { protocol: 'tcp', ranges: [{ start: 8080, to: 80 }] }],
  ['53:5353/udp', { protocol: 'udp', ranges: [{ start: 53, to: 5353 }] }],
  [
    '127.0.0.1:8080:80/tcp',
    { protocol: 'tcp', address: '127.0.0.1', ranges: [{ start: 8080, to: 80 }] },
  ],
  ['[FD00::1]:8080:80', { protocol: 'tcp', address: 'fd00::1', ranges: [{ start: 8080, to: 80 }] }],
  ['8000-8009:80-89', { protocol: 'tcp', ranges: [{ start: 8000, end: 8009, to: 80 }] }],
  ['1:65535', { protocol: 'tcp', ranges: [{ start: 1, to: 65535 }] }],
])('%s is %j', (text, forward) => {
  expect(parsePublishedPort(text)).toEqual(forward);
});

test.each([
  ['80', 'it is HOST:CONTAINER'],
  ['', 'it is HOST:CONTAINER'],
  ['web:80', 'it is HOST:CONTAINER'],
  ['8080:80/sctp', 'it is HOST:CONTAINER'],
  ['fd00::1:8080:80', 'it is HOST:CONTAINER'],
  ['300.0.0.1:8080:80', 'there is no such address'],
  ['[fd00:::1]:8080:80', 'there is no such address'],
  ['8000-8009:80', 'its ranges differ in length'],
  ['8009-8000:80-89', 'its ranges differ in length'],
  // As long as each other, and each from its end to its beginning.
  ['8009-8000:89-80', 'its ranges differ in length'],
  ['0:80', 'ports are those from 1 to 65535'],
  ['80:0', 'ports are those from 1 to 65535'],
  ['65536:80', 'ports are those from 1 to 65535'],
  ['1-10:65530-65539', 'ports are those from 1 to 65535'],
])("'%s' publishes no port", (text, why) => {
  expect(() => parsePublishedPort(text)).toThrow(`'${text}' publishes no port: ${why}`);
});

test('published ports need a virtual network, which is the default one where none is named', () => {
  expect(networkOf({})).toBe('none');
  expect(networkOf({ publish: [] })).toBe('none');
  expect(networkOf({ publish: ['80:80'] })).toEqual({ name: 'default' });
  expect(networkOf({ publish: ['80:80'], network: { name: 'lab' } })).toEqual({ name: 'lab' });
  expect(() => networkOf({ publish: ['80:80'], network: 'none' })).toThrow(
    "no port can be published: with the network 'none' it has no interface",
  );
  expect(() => networkOf({ publish: ['80:80'], network: 'host' })).toThrow(
    "with the network 'host' its ports are those of the host already",
  );
});

test('the interface has all that its network gives it', () => {
  const share = {
    mac: '52:54:00:00:00:01',
    addresses: ['192.168.150.7/24', 'fd00:77::7/64'],
    routers: ['192.168.150.1', 'fd00:77::1'],
  };
  expect(printXml(networkDevice('lab', { share, publish: ['8080:80'] })))
    .toBe(`<interface type='network'>
  <mac address='52:54:00:00:00:01'/>
  <source network='lab'/>
  <ip address='192.168.150.7' family='ipv4' prefix='24'/>
  <ip address='fd00:77::7' family='ipv6' prefix='64'/>
  <route family='ipv4' address='0.0.0.0' prefix='0' gateway='192.168.150.1'/>
  <route family='ipv6' address='::' prefix='0' gateway='fd00:77::1'/>
  <portForward proto='tcp'>
    <range start='8080' to='80'/>
  </portForward>
</interface>
`);
  expect(printXml(networkDevice('lab', { share: undefined }))).toBe(`<interface type='network'>
  <source network='lab'/>
</interface>
`);
  expect(printXml(resolverDevice('/var/resolver'))).toBe(`<filesystem type='mount'>
  <source dir='/var/resolver'/>
  <target dir='/etc/resolv.conf'/>
  <readonly/>
</filesystem>
`);
});
