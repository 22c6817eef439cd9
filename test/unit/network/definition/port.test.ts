/** `<networkport>`: what is read of it, and what is printed. */
import { definedWithout } from '../../../../lib/domain/warnings';
import { formatNetworkPort, parseNetworkPort } from '../../../../lib/network/definition/port';

const uuid = '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f';
const owner = `<owner><name>web</name><uuid>${uuid}</uuid></owner>`;
const mac = "<mac address='52:54:0:0:0:1'/>";
const context = { newUuid: () => '11111111-2222-4333-8444-555555555555' };

function port(content: string): string {
  return `<networkport>${content}</networkport>`;
}

test('is printed as libvirt prints it', () => {
  const xml = port(
    `<plug type='network' bridge='virbr9'/><uuid>${uuid}</uuid>${mac}<group>fast</group>${owner}` +
      "<port isolated='yes'/><vlan><tag id='7'/></vlan><bandwidth><inbound average='5'/></bandwidth>",
  );
  const definition = parseNetworkPort(xml, context);
  // What it is plugged into is not the document's to say.
  expect(definition.plug).toBeUndefined();
  const plugged = { ...definition, plug: { type: 'network', bridge: 'virbr0' } } as const;
  expect(formatNetworkPort(plugged)).toBe(`<networkport>
  <uuid>${uuid}</uuid>
  <owner>
    <name>web</name>
    <uuid>${uuid}</uuid>
  </owner>
  <group>fast</group>
  <mac address='52:54:00:00:00:01'/>
  <bandwidth>
    <inbound average='5'/>
  </bandwidth>
  <vlan>
    <tag id='7'/>
  </vlan>
  <port isolated='yes'/>
  <plug type='network' bridge='virbr0'/>
</networkport>
`);
  expect(parseNetworkPort(formatNetworkPort(plugged), context)).toMatchObject({
    uuid,
    group: 'fast',
  });
});

test('without an uuid it gets one, and a device of a pool is named with its mode', () => {
  const definition = parseNetworkPort(port(owner + mac), context);
  expect(definition.uuid).toBe(context.newUuid());
  const plug = { type: 'direct', device: 'eth1', mode: 'private' } as const;
  expect(formatNetworkPort({ ...definition, plug })).toContain(
    "  <plug type='direct' dev='eth1' mode='private'/>\n",
  );
});

test.each([
  ['<network/>', "expecting root element of 'networkport', not 'network'"],
  [port(mac), 'network port has no owner name'],
  [port(`<owner><name>web</name></owner>${mac}`), 'network port has no owner UUID'],
  [port(owner), 'network port has no mac'],
  [port(`${owner}<mac address='nonsense'/>`), "unable to parse MAC 'nonsense'"],
  [port(`<uuid>nonsense</uuid>${owner}${mac}`), "unable to parse UUID 'nonsense'"],
  [port(`${owner}${mac}<virtualport type='openvswitch'/>`), '<virtualport> is not carried out'],
])('%s is refused', (xml, words) => {
  expect(() => parseNetworkPort(xml, context)).toThrow(words);
});

test.each([
  [port(`${owner}${mac}<none/>`), 'networkport/none', '<none>'],
  [port(`${owner}<mac address='52:54:00:00:00:01' x='1'/>`), 'networkport/mac/@x', "'x'"],
  [port(`${owner}${mac}<port isolated='yes' x='1'/>`), 'networkport/port/@x', "'x'"],
  [port(`${owner}${mac}<group x='1'>fast</group>`), 'networkport/group/@x', "'x'"],
  [port(`${owner}${mac}<uuid x='1'>${uuid}</uuid>`), 'networkport/uuid/@x', "'x'"],
  [port(owner.replace('</owner>', '<x/></owner>') + mac), 'networkport/owner/x', '<x>'],
  [port(owner.replace('<name>', "<name x='1'>") + mac), 'networkport/owner/name/@x', "'x'"],
  [port(`${owner}${mac}<vlan><tag id='7' x='1'/></vlan>`), 'networkport/vlan/tag/@x', "'x'"],
])('of %s the word that libvirt does not know is left out, with its place', (xml, path, word) => {
  const { unknown = [], ...known } = parseNetworkPort(xml, context);
  const bare = xml.replace(/<none\/>|<x\/>| x='1'/, '');
  expect(known).toEqual(parseNetworkPort(bare, context));
  expect(unknown).toMatchObject([{ path, position: { line: 1 } }]);
  expect(definedWithout(unknown)[0]?.message).toContain(word);
});

test('all such words are told of in document order', () => {
  const { unknown = [] } = parseNetworkPort(port(`\n<one/>${owner}\n${mac}<two/>`), context);
  expect(unknown.map(({ path }) => path)).toEqual(['networkport/one', 'networkport/two']);
});
