/** Changes of one part of a network's definition, in libvirt's words. */
import { TslxcError } from '../../../../lib/errors';
import { formatNetwork } from '../../../../lib/network/definition/format';
import { updateNetwork } from '../../../../lib/network/definition/update';
import type { NetworkUpdate } from '../../../../lib/network/definition/update';
import {
  networkSectionNames,
  networkSectionOf,
  networkSections,
  networkUpdateCommandOf,
} from '../../../../lib/network/definition/update-names';
import { document, parse } from '../parse-context';

const host = "<host mac='52:54:00:00:00:01' name='one' ip='10.0.0.11'/>";
const range = "<range start='10.0.0.100' end='10.0.0.200'/>";

const nat = document(`  <forward mode='nat'/>
  <dns>
    <txt name='note' value='first'/>
    <srv service='sip' protocol='udp' domain='a' target='t' port='1'/>
    <srv service='sip' protocol='tcp' domain='a' target='t' port='1'/>
    <host ip='10.0.0.5'><hostname>five</hostname></host>
    <host ip='10.0.0.6'><hostname>six</hostname></host>
  </dns>
  <ip address='10.0.0.1' prefix='24'><dhcp>${range}${host}</dhcp></ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
  <portgroup name='fast' default='yes'/>
  <portgroup name='slow'/>`);

const pool = document(
  "  <forward mode='private'><interface dev='eth1'/><interface dev='eth2'/></forward>",
);

/** Lines of the definition that a change adds (`+`) and removes (`-`). */
function changed(xml: string, update: NetworkUpdate): string[] {
  const before = formatNetwork(parse(xml)).split('\n');
  const after = formatNetwork(updateNetwork(parse(xml), update)).split('\n');
  const minus = before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`);
  const plus = after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`);
  return [...minus, ...plus];
}

test.each<[NetworkUpdate['command'], NetworkUpdate['section'], string, string[]]>([
  [
    'add-last',
    'ip-dhcp-host',
    "<host mac='52:54:00:00:00:02' ip='10.0.0.12'\nnam='two'><leas/></host>",
    ['network/ip/dhcp/host/@nam 1:1', 'network/ip/dhcp/host/leas 2:11'],
  ],
  ['modify', 'portgroup', "<portgroup name='slow' x='1'/>", ['network/portgroup/@x 1:1']],
  [
    'add-last',
    'dns-host',
    "<host ip='10.0.0.7'><hostname x='1'>a</hostname></host>",
    ['network/dns/host/hostname/@x 1:21'],
  ],
  ['delete', 'ip-dhcp-host', "<host ip='10.0.0.11' nam='x'/>", ['network/ip/dhcp/host/@nam 1:1']],
  ['delete', 'dns-txt', "<txt name='note'><x/></txt>", ['network/dns/txt/x 1:18']],
  ['add-last', 'portgroup', "<portgroup name='new'/>", []],
  ['delete', 'portgroup', "<portgroup name='slow'/>", []],
])('%s of %s tells what it leaves out of %s', (...[command, section, xml, at]) => {
  const { unknown = [] } = updateNetwork(parse(nat), { command, section, xml });
  expect(
    unknown.map(({ path, position }) => `${path} ${position.line}:${position.column}`),
  ).toEqual(at);
});

test.each<[NetworkUpdate['section'], string, string]>([
  ['ip-dhcp-host', "<host nam='one'/>", "couldn't locate a matching dhcp host entry"],
  ['ip-dhcp-range', '<range/>', "couldn't locate a matching dhcp range entry"],
  ['dns-srv', '<srv/>', "couldn't locate a matching DNS SRV record"],
])('of %s nothing is deleted by %s, which says nothing', (section, xml, words) => {
  expect(() => updateNetwork(parse(nat), { command: 'delete', section, xml })).toThrow(words);
});

test.each<[NetworkUpdate['command'], NetworkUpdate['section'], string, string[]]>([
  [
    'add-last',
    'ip-dhcp-host',
    "<host mac='52:54:00:00:00:02' ip='10.0.0.12'/>",
    ["+ <host mac='52:54:00:00:00:02' ip='10.0.0.12'/>"],
  ],
  [
    'modify',
    'ip-dhcp-host',
    "<host mac='52:54:0:0:0:1' name='one' ip='10.0.0.13'/>",
    [`- ${host}`, "+ <host mac='52:54:0:0:0:1' name='one' ip='10.0.0.13'/>"],
  ],
  ['delete', 'ip-dhcp-host', "<host ip='10.0.0.11'/>", [`- ${host}`]],
  [
    'add-first',
    'ip-dhcp-range',
    "<range start='10.0.0.50' end='10.0.0.60'/>",
    ["+ <range start='10.0.0.50' end='10.0.0.60'/>"],
  ],
  ['delete', 'ip-dhcp-range', range, [`- ${range}`]],
  ['add-last', 'portgroup', "<portgroup name='new'/>", ["+ <portgroup name='new'/>"]],
  ['add-last', 'dns-txt', "<txt name='b' value='c'/>", ["+ <txt name='b' value='c'/>"]],
  [
    'modify',
    'dns-txt',
    "<txt name='note' value='second'/>",
    ["- <txt name='note' value='first'/>", "+ <txt name='note' value='second'/>"],
  ],
  ['delete', 'dns-txt', "<txt name='note'/>", ["- <txt name='note' value='first'/>"]],
  [
    'add-last',
    'dns-srv',
    "<srv service='sip' protocol='sctp' domain='a'/>",
    ["+ <srv service='sip' protocol='sctp' domain='a'/>"],
  ],
  [
    'delete',
    'dns-srv',
    "<srv service='sip' protocol='tcp'/>",
    ["- <srv service='sip' protocol='tcp' domain='a' target='t' port='1'/>"],
  ],
  [
    'add-last',
    'dns-host',
    "<host ip='10.0.0.7'><hostname>seven</hostname></host>",
    ["+ <host ip='10.0.0.7'>", '+ <hostname>seven</hostname>'],
  ],
  [
    'delete',
    'dns-host',
    '<host><hostname>six</hostname></host>',
    ["- <host ip='10.0.0.6'>", '- <hostname>six</hostname>'],
  ],
])('%s of %s: %s', (command, section, ...[xml, lines]) => {
  expect(changed(nat, { command, section, xml })).toEqual(lines);
});

test('the first stands before the others, and the last behind them', () => {
  const starts = (command: NetworkUpdate['command']): string[] => {
    const xml = "<range start='10.0.0.50' end='10.0.0.60'/>";
    const { ips } = updateNetwork(parse(nat), { command, section: 'ip-dhcp-range', xml });
    return (ips[0]?.dhcp?.ranges ?? []).map(({ start }) => start);
  };
  expect(starts('add-first')).toEqual(['10.0.0.50', '10.0.0.100']);
  expect(starts('add-last')).toEqual(['10.0.0.100', '10.0.0.50']);
});

test('an <ip> is chosen by its place, and a <dhcp> made where there is none', () => {
  const update = { command: 'add-last', section: 'ip-dhcp-range', parentIndex: 1 } as const;
  const xml = "<range start='fd00::10' end='fd00::20'/>";
  const { ips } = updateNetwork(parse(nat), { ...update, xml });
  expect(ips.map(({ dhcp }) => dhcp?.ranges.length)).toEqual([1, 1]);
});

test('the devices of a pool come and go, the first too', () => {
  const update = (command: NetworkUpdate['command'], dev: string): readonly string[] =>
    updateNetwork(parse(pool), {
      command,
      section: 'forward-interface',
      xml: `<interface dev='${dev}'/>`,
    }).forward.devices;
  expect(update('add-first', 'eth0')).toEqual(['eth0', 'eth1', 'eth2']);
  expect(update('delete', 'eth1')).toEqual(['eth2']);
});

test.each<[string, Partial<NetworkUpdate>, string, string]>([
  [
    'a part that is none',
    { section: 'none' as never },
    'INVALID_ARG',
    "unrecognized network update section 'none'",
  ],
  [
    'a command that is none',
    { command: 'none' as never },
    'INVALID_ARG',
    "unrecognized network update command 'none'",
  ],
  [
    'a part as a whole',
    { section: 'bridge', xml: '<bridge/>' },
    'NO_SUPPORT',
    "can't update 'bridge' section of network 'test'",
  ],
  [
    'another element',
    { xml: '<range/>' },
    'XML_ERROR',
    'unexpected element <range>, expecting <host>',
  ],
  ['no XML', { xml: 'host' }, 'XML_DETAIL', ''],
  [
    'a host twice',
    { xml: host },
    'OPERATION_INVALID',
    "there is an existing dhcp host entry in network 'test' that matches",
  ],
  [
    'a host with an address that is taken',
    { xml: "<host mac='52:54:00:00:00:09' ip='10.0.0.11'/>" },
    'OPERATION_INVALID',
    'there is an existing dhcp host entry',
  ],
  [
    'a host that is not there',
    { command: 'delete', xml: "<host mac='52:54:00:00:00:09'/>" },
    'OPERATION_INVALID',
    "couldn't locate a matching dhcp host entry in network 'test'",
  ],
  [
    'a change of a host that is not there',
    { command: 'modify', xml: "<host mac='52:54:00:00:00:09' ip='10.0.0.9'/>" },
    'OPERATION_INVALID',
    "couldn't locate an existing dhcp host entry with",
  ],
  [
    'a host outside of the subnet',
    { xml: "<host mac='52:54:00:00:00:09' ip='10.0.9.9'/>" },
    'CONFIG_UNSUPPORTED',
    'line 1, column 1',
  ],
  [
    'an <ip> that is not there',
    { parentIndex: 2, xml: "<host mac='52:54:00:00:00:09' ip='10.0.0.9'/>" },
    'OPERATION_INVALID',
    "couldn't update dhcp host entry - no <ip> element found at index 2 in network 'test'",
  ],
  [
    'a change of a range',
    { command: 'modify', section: 'ip-dhcp-range', xml: range },
    'OPERATION_INVALID',
    'dhcp ranges cannot be modified, only added or deleted',
  ],
  [
    'a range twice',
    { section: 'ip-dhcp-range', xml: range },
    'OPERATION_INVALID',
    'there is an existing dhcp range entry',
  ],
  [
    'a range that is not there',
    {
      command: 'delete',
      section: 'ip-dhcp-range',
      xml: "<range start='10.0.0.2' end='10.0.0.3'/>",
    },
    'OPERATION_INVALID',
    "couldn't locate a matching dhcp range entry",
  ],
  [
    'a port group twice',
    { section: 'portgroup', xml: "<portgroup name='slow'/>" },
    'OPERATION_INVALID',
    'there is an existing portgroup entry',
  ],
  [
    'a second default',
    { section: 'portgroup', xml: "<portgroup name='new' default='yes'/>" },
    'OPERATION_INVALID',
    'Only one default is allowed.',
  ],
  [
    'a port group that is not there',
    { command: 'modify', section: 'portgroup', xml: "<portgroup name='new'/>" },
    'OPERATION_INVALID',
    "couldn't find a portgroup entry in network 'test' matching <portgroup name='new'>",
  ],
  [
    'a record of one of several',
    { command: 'delete', section: 'dns-srv', xml: "<srv service='sip'/>" },
    'OPERATION_INVALID',
    'multiple DNS SRV records matching all specified fields',
  ],
  [
    'a change of a service',
    { command: 'modify', section: 'dns-srv', xml: "<srv service='sip'/>" },
    'OPERATION_INVALID',
    'DNS SRV records cannot be modified',
  ],
  [
    'hosts of one of several',
    {
      command: 'delete',
      section: 'dns-host',
      xml: "<host ip='10.0.0.5'><hostname>six</hostname></host>",
    },
    'OPERATION_INVALID',
    'multiple matching DNS HOST records were found in network test',
  ],
  [
    'a host name twice',
    { section: 'dns-host', xml: "<host ip='10.0.0.9'><hostname>six</hostname></host>" },
    'OPERATION_INVALID',
    'there is already at least one DNS HOST record',
  ],
  [
    'a text twice',
    { section: 'dns-txt', xml: "<txt name='note' value='x'/>" },
    'OPERATION_INVALID',
    "there is already a DNS TXT record with name 'note'",
  ],
])('%s is refused', (_what, change, ...[code, words]) => {
  const update = { command: 'add-last', section: 'ip-dhcp-host', xml: host, ...change } as const;
  let error: unknown;
  try {
    updateNetwork(parse(nat), update);
  } catch (caught) {
    error = caught;
  }
  expect(TslxcError.is(error)).toBe(true);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).toContain(words);
});

test('a network without <forward> gets no devices', () => {
  const xml = "<interface dev='eth0'/>";
  expect(() =>
    updateNetwork(parse(document('')), { command: 'add-last', section: 'forward-interface', xml }),
  ).toThrow("there is no <forward> element in network 'test'");
});

test('parts and changes are found by the numbers that libvirt has for them', () => {
  const numbers = Object.values(networkSections);
  expect(numbers.map((number) => networkSectionOf(number))).toEqual(networkSectionNames);
  expect([0, 1, 2, 3, 4, 5].map((number) => networkUpdateCommandOf(number))).toEqual([
    undefined,
    ...['modify', 'delete', 'add-last', 'add-first'],
    undefined,
  ]);
  expect([0, numbers.length + 1].map((number) => networkSectionOf(number))).toEqual([
    undefined,
    undefined,
  ]);
});
