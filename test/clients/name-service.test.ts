/** libnss-libvirt: the host finds a container by the name that it gives to its DHCP server, and by that of its domain. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { rootAndDaemon } from '../support/clients/client-world';
import { domainXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

/** What other worlds have there is not seen. */
const state = '/var/lib/libvirt';

const world = containerTest(async (keep) => {
  await runProgram(['mkdir', '-p', state]);
  await runProgram(['mount', '-t', 'tmpfs', 'tmpfs', state]);
  keep(() => runProgram(['umount', '-l', state]));
  const made = await rootAndDaemon(keep);
  const network = await made.connection.createNetwork(`<network>
    <name>lab</name>
    <bridge name='lab0'/>
    <ip address='192.168.151.1' netmask='255.255.255.0'>
      <dhcp><range start='192.168.151.100' end='192.168.151.110'/></dhcp>
    </ip>
  </network>`);
  keep(() => network.destroy());
  return made;
});

/** The addresses that a module has for a name. */
async function found(module: 'libvirt' | 'libvirt_guest', name: string): Promise<string[]> {
  const { stdout } = await runProgram(['getent', '-s', module, 'ahosts', name]);
  return [...new Set(stdout.split('\n').flatMap((line) => line.split(' ')[0] || []))];
}

test('a container is found by both names until it ends, and nothing is left of the daemon', async () => {
  const { connection, root, daemon } = world;
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  const domain = await connection.createDomain(
    domainXml({
      name: 'guest',
      initArguments: ['-c', 'udhcpc -q -n -x hostname:host-of-guest; sleep 1000'],
      filesystems: [{ source: tree, target: '/' }],
      devices: "<interface type='network'><source network='lab'/></interface>",
    }),
  );
  const [address] = await eventually(async () => {
    const addresses = await found('libvirt', 'host-of-guest');
    expect(addresses).toEqual([expect.stringMatching(/^192\.168\.151\.1\d\d$/)]);
    return addresses;
  }, 20_000);
  await eventually(async () => expect(await found('libvirt_guest', 'guest')).toEqual([address]));
  expect(await found('libvirt_guest', 'host-of-guest')).toEqual([]);
  await domain.destroy();
  await eventually(async () => expect(await found('libvirt_guest', 'guest')).toEqual([]));
  const files = (): string[] => readdirSync(join(state, 'dnsmasq'));
  expect(files()).toEqual(['tslxc-lab.macs', 'tslxc-lab.status']);
  await daemon[Symbol.asyncDispose]();
  expect(files()).toEqual([]);
});
