/** The seed's virtual network "default", by Debian's own virsh. */
import { helloWorldXml } from '../support/domain/domain-xml';
import { rootAndDaemon, virsh, virshText } from '../support/clients/client-world';
import { containerTest } from '../support/world/container-test';

const seedInterface = `<interface type='network'>
  <mac address='52:54:00:4d:2b:cd'/>
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
  expect(await virshText('net-port-list', 'default')).toMatch(/^ [0-9a-f-]{36}$/m);
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
