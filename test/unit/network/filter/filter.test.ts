/** `<filter>`: read and printed as by libvirt, and which values its rules may have. */
import { builtInFilters } from '../../../../lib/network/filter/built-in';
import { formatFilterBinding, formatNetworkFilter } from '../../../../lib/network/filter/format';
import { parseNetworkFilter } from '../../../../lib/network/filter/parse';
import { filterNames } from '../../../../lib/domain/interface/port/filter';

const uuid = '11111111-2222-4333-8444-555555555555';
const context = { newUuid: () => uuid };
const printed = (xml: string): string => formatNetworkFilter(parseNetworkFilter(xml, context));

/** A filter with one rule about this. */
const about = (protocol: string): string =>
  `<filter name='f'><rule action='accept' direction='in'>${protocol}</rule></filter>`;

test('a filter is printed as it is read, in libvirt’s order, with what it leaves out', () => {
  expect(
    printed(`<filter chain='ipv4' name='guests'>
  <filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.1'/></filterref>
  <rule direction='inout' action='accept' statematch='0'>
    <tcp dstportstart='$PORTS[@1]' comment='a &amp; b' srcipaddr='10.0.0.0' match='no' srcipmask='24'/>
  </rule>
  <rule action='drop' priority='-7' direction='out'><arp match='yes' opcode='Request'/></rule>
  <rule action='reject' direction='in'><mac/></rule>
  <filterref filter='later'/>
  <rule action='drop' direction='inout' priority='1000'/>
</filter>`),
  ).toBe(`<filter name='guests' chain='ipv4' priority='-700'>
  <uuid>${uuid}</uuid>
  <filterref filter='clean-traffic'>
    <parameter name='IP' value='10.0.0.1'/>
  </filterref>
  <rule action='accept' direction='inout' priority='500' statematch='false'>
    <tcp match='no' srcipaddr='10.0.0.0' srcipmask='24' dstportstart='$PORTS[@1]' comment='a &amp; b'/>
  </rule>
  <rule action='drop' direction='out' priority='-7'>
    <arp opcode='Request'/>
  </rule>
  <rule action='reject' direction='in' priority='500'>
    <mac/>
  </rule>
  <filterref filter='later'/>
  <rule action='drop' direction='inout' priority='1000'/>
</filter>
`);
});

test.each([
  ['root', 0],
  ['mac', -800],
  ['arp-ip', -500],
  ['rarp', -400],
  ['stp-x', -810],
])('the chain %s has the priority %i', (chain, priority) => {
  const { priority: found } = parseNetworkFilter(`<filter name='f' chain='${chain}'/>`, context);
  expect(found).toBe(priority);
});

test.each([
  "<mac srcmacaddr='$MAC' protocolid='0x888'/>",
  "<vlan vlanid='0xfff' encap-protocol='arp'/>",
  "<stp type='0x80' root-cost-hi='4294967295'/>",
  "<rarp hwtype='1' gratuitous='true'/>",
  "<ip protocol='icmp' dstportend='65535' dscp='0x3f'/>",
  "<ipv6 srcipaddr='f0::1' srcipmask='128' typeend='255'/>",
  "<tcp connlimit-above='2' state='NEW,ESTABLISHED' flags='SYN,ACK/ALL'/>",
  "<all ipset='guests' ipsetflags='src,dst'/>",
  "<udp-ipv6 dstipfrom='::1' dstipto='::ffff:10.0.0.1'/>",
])('%s is a rule', (protocol) => {
  expect(printed(about(protocol))).toContain(protocol);
});

test.each([
  ["<mac srcmacaddr='x'/>", 'mac has illegal value x'],
  ["<mac protocolid='1535'/>", 'mac has illegal value 1535'],
  ["<vlan vlanid='4096'/>", 'vlan has illegal value 4096'],
  ["<ip srcipaddr='10.0.0.256'/>", 'ip has illegal value 10.0.0.256'],
  ["<ip srcipmask='33'/>", 'ip has illegal value 33'],
  ["<ip dscp='64'/>", 'ip has illegal value 64'],
  ["<tcp flags='SYN'/>", 'tcp has illegal value SYN'],
  ["<tcp state='$STATE'/>", 'tcp has illegal value $STATE'],
  ["<arp opcode='ask'/>", 'arp has illegal value ask'],
  ["<udp dstportstart='65536'/>", 'udp has illegal value 65536'],
  ['<tcp/><udp/>', 'a rule is about one protocol'],
])('%s is none', (protocol, words) => {
  expect(() => printed(about(protocol))).toThrow(words);
});

test.each([
  ['<network/>', 'unexpected root element <network>, expecting <filter>'],
  ['<filter/>', 'filter has no name'],
  ["<filter name=''/>", 'filter has no name'],
  ["<filter name='a/b'/>", "name a/b cannot contain '/'"],
  ["<filter name='..'/>", "name cannot be '..'"],
  ["<filter name='f' chain='tcp'/>", "invalid chain name 'tcp'"],
  ["<filter name='f' chain='rooted'/>", "invalid chain name 'rooted'"],
  ["<filter name='f' chain='mac-far-too-long'/>", 'invalid chain name'],
  ["<filter name='f' priority='1001'/>", "priority '1001' is not a number from -1000 to 1000"],
  ["<filter name='f'><rule direction='in'/></filter>", 'rule node requires action attribute'],
  ["<filter name='f'><rule action='drop'/></filter>", 'rule node requires direction attribute'],
  [
    "<filter name='f'><rule action='log' direction='in'/></filter>",
    "unknown rule action attribute value 'log'",
  ],
  ["<filter name='f'><filterref/></filter>", 'rule node requires filter attribute'],
])('%s is refused', (xml, words) => {
  expect(() => printed(xml)).toThrow(words);
});

test.each(['2026-12-01 18:32:04 +0000 UTC', '1:a', "it's <one>"])(
  'as in libvirt, a filter may be called %s, although its schema does not let it',
  (name) => {
    const xml = `<filter name="${name.replace('<', '&lt;')}"/>`;
    const definition = parseNetworkFilter(xml, context);
    expect(definition.name).toBe(name);
    expect(parseNetworkFilter(formatNetworkFilter(definition), context)).toEqual(definition);
  },
);

test('what libvirt’s schema does not know is left out, or refused', () => {
  const xml = about("<tcp colour='red'/>");
  expect(parseNetworkFilter(xml, context).unknown?.map(({ path }) => path)).toEqual([
    'filter/rule/tcp/@colour',
  ]);
  expect(() => parseNetworkFilter(xml, { ...context, unknown: 'refused' })).toThrow('colour');
});

test('each filter that an interface can have is there, and its text is read as it is printed', () => {
  expect([...builtInFilters.keys()]).toEqual([...filterNames].sort());
  const uuids = new Set([...builtInFilters.values()].map((one) => one.uuid));
  expect(uuids.size).toBe(builtInFilters.size);
  for (const filter of builtInFilters.values()) {
    expect(parseNetworkFilter(formatNetworkFilter(filter), context)).toEqual(filter);
    for (const entry of filter.entries) {
      if ('filter' in entry) expect([...builtInFilters.keys()]).toContain(entry.filter);
    }
  }
});

test('a binding names the domain, the interface and the filter', () => {
  expect(
    formatFilterBinding({
      domain: { name: 'web', uuid },
      port: 'vnet0',
      mac: '52:54:00:00:00:01',
      filter: 'clean-traffic',
      parameters: [{ name: 'IP', value: '10.0.0.1' }],
    }),
  ).toBe(`<filterbinding>
  <owner>
    <name>web</name>
    <uuid>${uuid}</uuid>
  </owner>
  <portdev name='vnet0'/>
  <mac address='52:54:00:00:00:01'/>
  <filterref filter='clean-traffic'>
    <parameter name='IP' value='10.0.0.1'/>
  </filterref>
</filterbinding>
`);
});
