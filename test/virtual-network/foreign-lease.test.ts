/** Networks with their dnsmasq, on hosts whose own firewall drops: leases, names and addresses that are translated. */
import { writeFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { Lab, run, serverAddress, uplinkAddress, type Place } from '../support/network/lab';
import {
  emptyIptables,
  loadIptables,
  savedIptables,
  type IptablesKind,
} from '../support/network/foreign-hosts';
import { networkXml } from '../support/network/virtual-network-world';
import { eventually } from '../support/time/eventually';
import { makeTestRoot } from '../support/root/test-root';

let lab: Lab;

beforeEach(async () => {
  lab = await Lab.make();
  await lab.listen('tcp', 80, lab.server);
});

afterEach(async () => {
  await lab.end();
  emptyIptables();
  run('nft', 'flush', 'ruleset');
});

const elements = `<forward mode='nat'/><bridge name='virbr0'/>
  <dns><host ip='10.77.3.1'><hostname>gate</hostname></host></dns>`;

const uncounted = (text: string): string => text.replaceAll(/\[\d+:\d+\]/g, '');

test.each<[IptablesKind, 'docker' | 'closed']>([
  ['nft', 'docker'],
  ['nft', 'closed'],
  ['legacy', 'docker'],
  ['legacy', 'closed'],
])('iptables-%s, %s: a lease, a name and a way out', async (kind, host) => {
  loadIptables(kind, host);
  const before = uncounted(savedIptables(kind));
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const network = await connection.createNetwork(networkXml('default', 3, elements));
  try {
    const guest = await lab.guest('virbr0', 'vnet1000', []);
    expect(leaseOf(guest, `${root.path}/udhcpc-script`)).toMatch(
      /lease of 10\.77\.3\.(1\d\d|200) obtained/,
    );
    // dnsmasq writes it down once it has answered.
    await eventually(async () => expect(await network.leases()).toHaveLength(1));
    await eventually(() => {
      const answer = guest.run('busybox', 'nslookup', '-type=a', 'gate', '10.77.3.1');
      expect(answer).toMatch(/Name:\s+gate\s+Address: 10\.77\.3\.1$/m);
    });
    await eventually(() => expect(guest.ask('tcp', serverAddress, 80)).toBe(uplinkAddress));
  } finally {
    await network.destroy();
  }
  expect(uncounted(savedIptables(kind))).toBe(before);
  expect(run('nft', 'list', 'tables')).not.toContain('tslxc');
});

/** What udhcpc says, which has set the address and the route. */
function leaseOf(guest: Place, script: string): string {
  const lines = [
    '#!/bin/sh',
    '[ "$1" = bound ] || exit 0',
    'ip address add $ip/$mask dev $interface && ip route add default via $router',
  ];
  writeFileSync(script, lines.join('\n'), { mode: 0o755 });
  const client = 'busybox udhcpc -i eth0 -n -q -f -s "$0" 2>&1';
  return guest.run('sh', '-c', client, script);
}
