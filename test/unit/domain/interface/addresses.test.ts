/** Addresses and routes of an interface. */
import {
  formatAddress,
  formatRoute,
  parseAddress,
  parseRoute,
} from '../../../../lib/domain/interface/addresses';
import { element, printed, refusalOf, refusing } from '../element';

const ip = (attributes: string) => parseAddress(element(`<ip ${attributes}/>`), refusing());
const route = (attributes: string) =>
  parseRoute(element(`<route ${attributes}/>`), 'guest interface', refusing());

test.each([
  ["address='192.168.122.50'", "<ip address='192.168.122.50' family='ipv4'/>"],
  ["address='10.0.0.2' family='ipv4'", "<ip address='10.0.0.2' family='ipv4'/>"],
  ["address='172.16.0.2' prefix='0'", "<ip address='172.16.0.2' family='ipv4'/>"],
  [
    "prefix='30' peer='10.0.0.1' address='10.0.0.2'",
    "<ip address='10.0.0.2' family='ipv4' prefix='30' peer='10.0.0.1'/>",
  ],
  ["address='FD00::0:1'", "<ip address='fd00::1' family='ipv6'/>"],
  [
    "family='ipv6' address='fd00::1' prefix='128' peer='fd00::2'",
    "<ip address='fd00::1' family='ipv6' prefix='128' peer='fd00::2'/>",
  ],
])('<ip %s/> is printed %s', (attributes, text) => {
  expect(printed(formatAddress(ip(attributes)))).toBe(text);
  expect(parseAddress(element(text), refusing())).toEqual(ip(attributes));
});

test.each([
  ["family='ipv4'", 'Missing required address in <ip>', 'ip'],
  ["address='zz'", "Invalid address 'zz' in <ip>", 'ip/@address'],
  ["address='10.0.0.2/24'", "Invalid address '10.0.0.2/24' in <ip>", 'ip/@address'],
  ["address='10.0.0.2' family='ipv6'", "Invalid address '10.0.0.2' in <ip>", 'ip/@address'],
  ["address='fd00::1' family='ipv4'", "Invalid address 'fd00::1' in <ip>", 'ip/@address'],
  ["address='224.0.0.1' prefix='24'", "Invalid address '224.0.0.1' in <ip>", 'ip/@address'],
  ["address='0.0.0.0'", "Invalid address '0.0.0.0' in <ip>", 'ip/@address'],
  ["address='ff02::1'", "Invalid address 'ff02::1' in <ip>", 'ip/@address'],
  ["address='240.0.0.1'", "'240.0.0.1' has no default prefix", 'ip/@address'],
  ["address='10.0.0.2' prefix='77'", "Invalid prefix value '77' in <ip>", 'ip/@prefix'],
  ["address='10.0.0.2' prefix='33'", "Invalid prefix value '33' in <ip>", 'ip/@prefix'],
  ["address='fd00::1' prefix='129'", "Invalid prefix value '129' in <ip>", 'ip/@prefix'],
  ["address='10.0.0.2' prefix=''", "Invalid prefix value '' in <ip>", 'ip/@prefix'],
  ["address='10.0.0.2' peer='zz'", "Invalid peer 'zz' in <ip>", 'ip/@peer'],
  ["address='10.0.0.2' peer='fd00::1'", "Invalid peer 'fd00::1' in <ip>", 'ip/@peer'],
  [
    "address='10.0.0.2' family='zz'",
    "Invalid value for attribute 'family' in element 'ip': 'zz'",
    'ip/@family',
  ],
  ["address='10.0.0.2' netmask='255.0.0.0'", "unknown attribute 'netmask' of <ip>", 'ip/@netmask'],
])('<ip %s/> is refused', (attributes, words, location) => {
  const said = refusalOf(() => ip(attributes));
  expect(said).toContain(` at ${location} 1:1: `);
  expect(said).toContain(words);
});

test.each([
  ["address='0.0.0.0' gateway='10.0.0.1'", "<route address='0.0.0.0' gateway='10.0.0.1'/>"],
  [
    "family='ipv6' address='::' gateway='FE80::1' metric='7'",
    "<route family='ipv6' address='::' gateway='fe80::1' metric='7'/>",
  ],
  ["address='192.168.5.0' gateway='10.0.0.1'", "<route address='192.168.5.0' gateway='10.0.0.1'/>"],
  [
    "address='192.168.4.0' netmask='255.255.252.0' gateway='10.0.0.1' metric='4294967295'",
    "<route address='192.168.4.0' netmask='255.255.252.0' gateway='10.0.0.1' metric='4294967295'/>",
  ],
  [
    "family='ipv6' address='fd00:5::' gateway='fd00::1'",
    "<route family='ipv6' address='fd00:5::' gateway='fd00::1'/>",
  ],
])('<route %s/> is printed %s', (attributes, text) => {
  expect(printed(formatRoute(route(attributes)))).toBe(text);
  expect(parseRoute(element(text), 'x', refusing())).toEqual(route(attributes));
});

const toZeros = "address='0.0.0.0' gateway='10.0.0.1'";

test.each([
  [
    "gateway='10.0.0.1'",
    'guest interface: Missing required address attribute in route definition',
    'route',
  ],
  [
    "address='0.0.0.0'",
    'guest interface: Missing required gateway attribute in route definition',
    'route',
  ],
  [
    "address='zz' gateway='10.0.0.1'",
    "guest interface: Bad network address 'zz' in route definition",
    'route/@address',
  ],
  [
    "address='0.0.0.0' gateway='zz'",
    "guest interface: Bad gateway address 'zz' in route definition",
    'route/@gateway',
  ],
  [
    "address='0.0.0.0' gateway='224.0.0.1'",
    "guest interface: Bad gateway address '224.0.0.1' in route definition",
    'route/@gateway',
  ],
  [
    `${toZeros} family='zz'`,
    "guest interface: Unrecognized family 'zz' in route definition",
    'route/@family',
  ],
  [
    "address='fd00::' gateway='10.0.0.1'",
    "guest interface: No family specified for non-IPv4 address 'fd00::' in route definition",
    'route/@address',
  ],
  [
    "family='ipv4' address='fd00::' gateway='10.0.0.1'",
    "guest interface: IPv4 family specified for non-IPv4 address 'fd00::' in route definition",
    'route/@address',
  ],
  [
    "family='ipv6' address='10.0.0.0' gateway='10.0.0.1'",
    "guest interface: IPv6 family specified for non-IPv6 address '10.0.0.0' in route definition",
    'route/@address',
  ],
  [
    "family='ipv6' address='fd00::' gateway='10.0.0.1'",
    "guest interface: IPv6 family specified for non-IPv6 gateway address '10.0.0.1' in route definition",
    'route/@gateway',
  ],
  [
    `${toZeros} prefix='33'`,
    'guest interface: Invalid prefix 33 specified in route definition, must be 0 - 32',
    'route/@prefix',
  ],
  [
    "family='ipv6' address='fd00::' gateway='fd00::1' prefix='129'",
    'guest interface: Invalid prefix 129 specified in route definition, must be 0 - 128',
    'route/@prefix',
  ],
  [
    `${toZeros} prefix='0' netmask='0.0.0.0'`,
    'guest interface: Route definition cannot have both a prefix and a netmask',
    'route/@netmask',
  ],
  [
    `${toZeros} netmask='255.0.255.0'`,
    "guest interface: Bad netmask address '255.0.255.0' in route definition",
    'route/@netmask',
  ],
  [
    "family='ipv6' address='fd00::' gateway='fd00::1' netmask='255.0.0.0'",
    'guest interface: Specifying netmask invalid for IPv6 address',
    'route/@netmask',
  ],
  [
    "address='192.168.5.1' gateway='10.0.0.1' prefix='24'",
    "guest interface: Address '192.168.5.1' in route definition is not a network address",
    'route/@address',
  ],
  [
    `${toZeros} prefix='zz'`,
    "Invalid value for attribute 'prefix' in element 'route': 'zz'. Expected non-negative integer value",
    'route/@prefix',
  ],
  [
    `${toZeros} metric='zz'`,
    "Invalid value for attribute 'metric' in element 'route': 'zz'. Expected non-negative integer value",
    'route/@metric',
  ],
  [
    `${toZeros} metric='4294967296'`,
    "Invalid value for attribute 'metric' in element 'route': '4294967296'. Expected a value up to 4294967295",
    'route/@metric',
  ],
  [
    `${toZeros} metric='0'`,
    "Invalid value for attribute 'metric' in element 'route': Zero is not permitted",
    'route/@metric',
  ],
])('<route %s/> is refused', (attributes, words, location) => {
  const said = refusalOf(() => route(attributes));
  expect(said).toContain(`XML_ERROR at ${location} 1:1: XML error: ${words}`);
});
