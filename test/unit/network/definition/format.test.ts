/** What printing adds for a network that runs, and what it refuses. The rest is golden. */
import { formatNetwork } from '../../../../lib/network/definition/format';
import { document, parse } from '../parse-context';

const address = "<ip address='10.0.0.1' prefix='24'/>";
const live = { bridge: 'virbr7', connections: 2 };

/** The first lines, up to `<mac>`. */
function head(text: string): string {
  return text.slice(0, text.indexOf('  <mac'));
}

test('a network that runs shows its connections, its bridge and the ports of its nat', () => {
  const definition = parse(document(`<forward mode='nat'/>${address}`));
  expect(head(formatNetwork(definition, live))).toBe(`<network connections='2'>
  <name>test</name>
  <uuid>5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f</uuid>
  <forward mode='nat'>
    <nat>
      <port start='1024' end='65535'/>
    </nat>
  </forward>
  <bridge name='virbr7' stp='on' delay='0'/>
`);
});

test('no connection is not shown', () => {
  const text = formatNetwork(parse(document('')), { bridge: 'virbr7', connections: 0 });
  expect(text.split('\n')[0]).toBe('<network>');
  expect(text).toContain("<bridge name='virbr7'");
});

test('what a nat says is not replaced', () => {
  const nat = "<nat ipv6='yes'><port start='5' end='6'/></nat>";
  const definition = parse(document(`<forward>${nat}</forward>${address}`));
  expect(formatNetwork(definition, live)).toContain(`    <nat ipv6='yes'>
      <port start='5' end='6'/>
    </nat>
`);
  const addresses = "<nat><address start='192.0.2.1' end='192.0.2.2'/></nat>";
  const other = parse(document(`<forward>${addresses}</forward>${address}`));
  expect(formatNetwork(other, live)).toContain(`    <nat>
      <address start='192.0.2.1' end='192.0.2.2'/>
      <port start='1024' end='65535'/>
    </nat>
`);
});

test.each(['route', 'open'])('mode %s shows no ports', (mode) => {
  const definition = parse(document(`<forward mode='${mode}'/>${address}`));
  expect(formatNetwork(definition, live)).toContain(`  <forward mode='${mode}'/>\n`);
});

test('what an isolated network keeps of its forward is not lost', () => {
  const forward = "<forward mode='none' managed='yes'/>";
  const { unsupported, ...definition } = parse(document(forward));
  expect(unsupported).toHaveLength(1);
  const text = formatNetwork({ ...definition, unsupported });
  expect(text).toContain(`  ${forward}\n`);
  expect(parse(text).unsupported).toMatchObject([{ path: 'network/forward/@managed' }]);
});

test('PCI devices are not managed unless it is said, also when it is read again', () => {
  const definition = parse(document("<forward mode='hostdev'/>"));
  const text = formatNetwork(definition);
  expect(text).toContain("  <forward mode='hostdev' managed='no'/>\n");
  expect(parse(text).kept).toEqual(definition.kept);
});

test('a pool shows no bridge', () => {
  const definition = parse(document("<forward mode='vepa' dev='eth1'/>"));
  expect(formatNetwork(definition, live)).toBe(`<network connections='2'>
  <name>test</name>
  <uuid>5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f</uuid>
  <forward dev='eth1' mode='vepa'>
    <interface dev='eth1'/>
  </forward>
</network>
`);
});

test('the bridge of the definition is the one that is shown', () => {
  const definition = parse(document("<bridge name='mine0'/>"));
  expect(formatNetwork(definition, live)).toContain("<bridge name='mine0' stp='on' delay='0'/>");
});

test('a namespace of dnsmasq stands before the connections', () => {
  const options =
    "<q:options xmlns:q='http://libvirt.org/schemas/network/dnsmasq/1.0'><q:option value='x'/></q:options>";
  const text = formatNetwork(parse(document(options, " ipv6='yes'")), live);
  expect(text.split('\n')[0]).toBe(
    "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' connections='2' ipv6='yes'>",
  );
});

test('a mac is made once, and only for a bridge of the network', () => {
  expect(parse(document('')).mac).toBe('52:54:00:c0:ff:ee');
  expect(parse(document("<mac address='52:54:00:01:02:03'/>")).mac).toBe('52:54:00:01:02:03');
  expect(parse(document("<forward mode='bridge'/><bridge name='br0'/>"))).not.toHaveProperty('mac');
});

test('a character that XML has not is refused', () => {
  const definition = { ...parse(document('')), title: 'a\0' };
  expect(() => formatNetwork(definition)).toThrow("invalid argument: XML can't hold the character");
});
