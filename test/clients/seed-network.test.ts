/** The seed's virtual network "default", by Debian's own virsh. */
import { helloWorldXml } from '../support/domain/domain-xml';
import { python, rootAndDaemon, virsh, virshText } from '../support/clients/client-world';
import { containerTest } from '../support/world/container-test';

const mac = '52:54:00:4d:2b:cd';

const seedInterface = `<interface type='network'>
  <mac address='${mac}'/>
  <source network='default'/>
</interface>
`;

const world = containerTest(rootAndDaemon);

test('the network is started, a container is plugged into it, and its interface is shown', async () => {
  expect(await virshText('net-start', 'default')).toBe('Network default started\n');
  expect(await virshText('net-list')).toMatch(/^ default +active +yes +yes$/m);
  expect(await virshText('net-info', 'default')).toMatch(/^Bridge: +virbr0$/m);
  await world.connection.defineDomain(
    helloWorldXml.replace('  </devices>\n', `${seedInterface}  </devices>\n`),
  );
  expect(await virshText('start', 'helloworld')).toContain('started');
  expect(await virshText('domiflist', 'helloworld')).toMatch(
    /^ vnet\d+ +network +default +- +52:54:00:4d:2b:cd$/m,
  );
  const [, name = ''] = /^ (vnet\d+) /m.exec(await virshText('domiflist', 'helloworld')) ?? [];
  expect(await virshText('domifstat', 'helloworld', name)).toMatch(
    new RegExp(`^${name} rx_bytes \\d+$`, 'm'),
  );
  const [, used = 'none'] =
    /^ ([0-9a-f-]{36})$/m.exec(await virshText('net-port-list', 'default')) ?? [];
  expect(await virshText('dumpxml', 'helloworld')).toContain(
    `<source network='default' portid='${used}' bridge='virbr0'/>`,
  );
  expect((await virsh('net-dhcp-leases', 'default')).code).toBe(0);
  expect(await virshText('destroy', 'helloworld')).toContain('destroyed');
  expect(await virshText('net-destroy', 'default')).toBe('Network default destroyed\n');
});

test('a network is defined, changed and undefined', async () => {
  const xml = `<network><name>lab</name><ip address='10.9.8.1' netmask='255.255.255.0'><dhcp><range start='10.9.8.2' end='10.9.8.9'/></dhcp></ip></network>`;
  await world.connection.defineNetwork(xml);
  const host = "<host mac='52:54:00:00:00:01' ip='10.9.8.5'/>";
  expect(await virshText('net-update', 'lab', 'add', 'ip-dhcp-host', host, '--config')).toBe(
    'Updated network lab persistent config',
  );
  expect(await virshText('net-dumpxml', 'lab')).toContain("ip='10.9.8.5'");
  expect(await virshText('net-autostart', 'lab')).toBe('Network lab marked as autostarted\n');
  expect(await virshText('net-undefine', 'lab')).toBe('Network lab has been undefined\n');
});

const port = '02169d49-0068-4612-b2de-901c4a14c5a3';

/** Makes a port, and changes the rates of it and then those of the container's. */
const changeRates = `
import json, libvirt
connection = libvirt.open('lxc:///')
network = connection.networkLookupByName('default')
xml = """<networkport>
  <uuid>${port}</uuid>
  <owner><name>other</name><uuid>${port}</uuid></owner>
  <mac address='52:54:00:4d:2b:ce'/>
  <bandwidth><inbound average='10' burst='5'/></bandwidth>
</networkport>"""
def tell(call):
    try:
        call()
        print('done')
    except libvirt.libvirtError as error:
        print(' '.join(str(error).split()))
tell(lambda: network.portCreateXML(xml, libvirt.VIR_NETWORK_PORT_CREATE_RECLAIM))
odd = xml.replace('<mac', '<nosuch/><mac')
tell(lambda: network.portCreateXML(odd, libvirt.VIR_NETWORK_PORT_CREATE_VALIDATE))
tell(lambda: network.portCreateXML(xml))
made = network.portLookupByUUIDString('${port}')
[other] = [one for one in network.listAllPorts() if one.UUIDString() != '${port}']
for one in (made, other):
    one.setParameters({'inbound.average': 30, 'inbound.peak': 60})
    print(json.dumps(one.parameters(), sort_keys=True))
    tell(lambda: one.setParameters({'inbound.average': 0, 'inbound.peak': 5}))
`;

test('ports of a network have their rates, which change, also while a container uses one', async () => {
  const rates = "<bandwidth><inbound average='10'/><outbound average='20'/></bandwidth>";
  await virshText('net-start', 'default');
  const plugged = seedInterface.replace('</interface>', `${rates}</interface>`);
  await world.connection.defineDomain(
    helloWorldXml.replace('  </devices>\n', `${plugged}  </devices>\n`),
  );
  expect(await virshText('start', 'helloworld')).toContain('started');
  const { stdout } = await python(changeRates);
  const inbound =
    '"inbound.average": 30, "inbound.burst": 0, "inbound.floor": 0, "inbound.peak": 60';
  const senseless = expect.stringContaining("'peak' and 'burst' require 'average'") as string;
  expect(stdout.split('\n')).toEqual([
    expect.stringContaining('unsupported flags (0x1) in function networkPortCreateXML'),
    expect.stringContaining('nosuch'),
    'done',
    `{${inbound}}`,
    senseless,
    `{${inbound}, "outbound.average": 20, "outbound.burst": 0, "outbound.peak": 0}`,
    senseless,
    '',
  ]);
  expect(await virshText('net-port-dumpxml', 'default', port)).toContain(
    "<inbound average='30' peak='60'/>",
  );
  const tuned = await virshText('domiftune', 'helloworld', mac);
  expect(tuned).toMatch(/^inbound\.average: +30$/m);
  expect(tuned).toMatch(/^outbound\.average: +20$/m);
  expect(await virshText('net-port-delete', 'default', port)).toContain('deleted');
  expect(await virshText('destroy', 'helloworld')).toContain('destroyed');
  expect(await virshText('net-destroy', 'default')).toBe('Network default destroyed\n');
});
