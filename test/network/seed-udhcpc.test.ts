/** The seed's container on the default network, configured by DHCP. */
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import type { Domain } from 'tslxc';
import { rootFilesystem, withDevices } from '../support/domain/domain-xml';
import { eventually, slowness } from '../support/time/eventually';
import { exclusive } from '../support/world/exclusive';
import { containerTest, rootAndConnection } from '../support/world/container-test';
import { SeedTerminal } from '../support/console/seed-terminal';
import { makeTestRoot } from '../support/root/test-root';

const name = 'helloworld';

const seedInterface = `<interface type='network'>
  <mac address='52:54:00:4d:2b:cd'/>
  <source network='default'/>
</interface>
`;

exclusive();

const world = containerTest(rootAndConnection, { watch: ['/export'] });

/** Milliseconds from the start to the address. */
const promised = 2000 * slowness;

async function leaseAfterStart(domain: Domain): Promise<{ took: number; address: string }> {
  const started = Date.now();
  await domain.start();
  const console = await domain.openConsole();
  let output = '';
  console.on('data', (chunk: Buffer) => (output += chunk.toString()));
  console.write('udhcpc\n');
  await eventually(() => expect(output).toMatch(/lease of [\d.]+ obtained/));
  const took = Date.now() - started;
  const [, address = ''] = /lease of ([\d.]+) obtained/.exec(output) ?? [];
  console.destroy();
  return { took, address };
}

test('plain udhcpc has an address, the fastest of three within two seconds of the start, and a name server', async () => {
  await using folder = await makeTestRoot();
  const tree = join(folder.path, 'tree');
  await makeRoot(tree);
  await using terminal = await SeedTerminal.open(world.root.path);
  await terminal.writeFile('helloworld.xml', withDevices(rootFilesystem(tree) + seedInterface));
  await terminal.host('tslxc define helloworld.xml');
  // The first use makes the network: the second start is a container's alone.
  await terminal.host('tslxc start helloworld');
  await terminal.host('tslxc destroy helloworld');

  const domain = await world.connection.lookupDomainByName(name);
  // What else the machine does may hold one of them up: not all three.
  let { took, address } = await leaseAfterStart(domain);
  for (let more = 2; took >= promised && more > 0; more -= 1) {
    await domain.destroy();
    ({ took, address } = await leaseAfterStart(domain));
  }
  expect(took).toBeLessThan(promised);

  await terminal.openConsole(name);
  await eventually(async () => {
    expect(await terminal.container('ping -c 1 192.168.122.1')).toMatch(
      /1 packets received, 0% packet loss/,
    );
  });
  // dnsmasq answers for the names that the host has in its own table.
  expect(await terminal.container('nslookup localhost')).toMatch(
    /Server:\s+192\.168\.122\.1[^]*Address(?: \d)?: (?:127\.0\.0\.1|::1)/,
  );
  await terminal.detach();
  // dnsmasq writes it down once it has answered.
  await eventually(async () => {
    expect(await terminal.host('tslxc net-dhcp-leases default')).toMatch(
      new RegExp(`52:54:00:4d:2b:cd +ipv4 +${address.replaceAll('.', '\\.')}/24`),
    );
  });
  for (const source of ['lease', 'arp', 'inside']) {
    expect(await terminal.host(`tslxc domifaddr helloworld --source ${source}`)).toContain(address);
  }
  expect(await terminal.host('tslxc destroy helloworld')).toContain('destroyed');
});
