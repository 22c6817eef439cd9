/**
 * Networks on hosts whose own firewall drops. Where it has a place for the rules of others, ours are put there and taken
 * away again; else the network isn't started, and the remedy that the error names works.
 */
import { closeFirewall, openFirewall } from '../../../lib/network/firewall/firewall';
import type { ActiveNetwork } from '../../../lib/network/active-network';
import {
  closedTable,
  emptyIptables,
  firewalldTable,
  loadIptables,
  savedIptables,
  uncounted,
  type IptablesKind,
} from '../../support/network/foreign-hosts';
import { eventually } from '../../support/time/eventually';
import { loadNft } from '../../../lib/host/kernel/nftables';
import {
  Lab,
  run,
  serverAddress,
  setParameter,
  uplinkAddress,
  type Parameter,
  type Place,
} from '../../support/network/lab';

let lab: Lab;
let network: ActiveNetwork;
let one: Place;
let two: Place;
let bridged: Parameter[];

const xml = `<network><name>default</name><forward mode='nat'/><bridge name='virbr0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>`;

beforeEach(async () => {
  lab = await Lab.make();
  network = lab.network(xml);
  one = await lab.guest('virbr0', 'vnet1000', ['192.168.122.50/24']);
  two = await lab.guest('virbr0', 'vnet1001', ['192.168.122.51/24']);
  for (const guest of [one, two])
    guest.run('ip', 'route', 'add', 'default', 'via', '192.168.122.1');
  bridged = ['ip', 'ip6'].map((family) => setBridged(family, '1'));
  await lab.listen('tcp', 80, lab.server);
  await lab.listen('tcp', 81, two);
  await lab.listenAll([
    ['udp', 53],
    ['tcp', 53],
    ['udp', 67],
    ['tcp', 8080],
  ]);
});

afterEach(async () => {
  await lab.end();
  bridged.forEach(setParameter);
  run('nft', 'flush', 'ruleset');
  emptyIptables();
});

/** br_netfilter: whether the IP layer's rules see what goes from port to port of a bridge. */
function setBridged(family: string, value: '0' | '1'): Parameter {
  return setParameter({ name: `bridge/bridge-nf-call-${family}tables`, value });
}

/** What a container gets, of what it needs. */
function needs() {
  const [server, neighbour, datagram, stream, dhcp] = one.askAll([
    ['tcp', serverAddress, 80],
    ['tcp', '192.168.122.51', 81],
    ['udp', '192.168.122.1', 53],
    ['tcp', '192.168.122.1', 53],
    ['udp', '192.168.122.1', 67],
  ]);
  return { server, neighbour, dns: [datagram, stream], dhcp };
}

const own = '192.168.122.50';
const everything = { server: uplinkAddress, neighbour: own, dns: [own, own], dhcp: own };
const nothing = {
  server: 'nothing',
  neighbour: 'nothing',
  dns: ['nothing', 'nothing'],
  dhcp: 'nothing',
};

describe.each<IptablesKind>(['nft', 'legacy'])('iptables-%s', (kind) => {
  test('beside Docker a network works, and two containers talk on their bridge', async () => {
    loadIptables(kind, 'docker');
    const before = [run('nft', 'list', 'ruleset'), savedIptables(kind)];
    await eventually(() =>
      expect(needs()).toEqual({ ...everything, server: 'nothing', neighbour: 'nothing' }),
    );
    await openFirewall(network);
    await eventually(() => expect(needs()).toEqual(everything));
    expect(lab.server.ask('tcp', own, 81)).toBe('nothing');
    expect(savedIptables(kind)).toContain('-A DOCKER-USER -i virbr0 -o virbr0 ');
    expect(savedIptables(kind)).not.toContain('-A FORWARD -i virbr0');
    await closeFirewall('virbr0');
    expect([run('nft', 'list', 'ruleset'), savedIptables(kind)].map(uncounted)).toEqual(
      before.map(uncounted),
    );
    await eventually(() =>
      expect(needs()).toEqual({ ...everything, server: 'nothing', neighbour: 'nothing' }),
    );
  });

  test('on a host that lets nothing in, a network works, and nothing else is let in', async () => {
    loadIptables(kind, 'closed');
    const before = [run('nft', 'list', 'ruleset'), savedIptables(kind)];
    expect(needs()).toEqual(nothing);
    await openFirewall(network);
    await eventually(() => expect(needs()).toEqual(everything));
    expect(one.ask('tcp', '192.168.122.1', 8080)).toBe('nothing');
    // Again, as after a reload of the other firewall.
    const opened = savedIptables(kind);
    await openFirewall(network);
    expect(uncounted(savedIptables(kind))).toBe(uncounted(opened));
    loadIptables(kind, 'closed');
    await openFirewall(network);
    await eventually(() => expect(needs()).toEqual(everything));
    await closeFirewall('virbr0');
    expect([run('nft', 'list', 'ruleset'), savedIptables(kind)].map(uncounted)).toEqual(
      before.map(uncounted),
    );
  });

  test('networks take out no rules but their own', async () => {
    loadIptables(kind, 'closed');
    await openFirewall(network);
    const withOne = uncounted(savedIptables(kind));
    await openFirewall({ ...network, bridge: 'virbr00' });
    await closeFirewall('virbr00');
    expect(uncounted(savedIptables(kind))).toBe(withOne);
    await closeFirewall('virbr0');
  });
});

test('empty tables of iptables are left alone', async () => {
  run('iptables-nft', '-P', 'FORWARD', 'ACCEPT');
  const before = savedIptables('nft');
  await openFirewall(network);
  expect(savedIptables('nft')).toBe(before);
  await eventually(() => expect(needs()).toEqual(everything));
  await closeFirewall('virbr0');
});

/** The commands that the error names, which is the end of its message. */
async function refusal(): Promise<{ message: string; commands: string[] }> {
  const message = await openFirewall(network).then(
    () => 'it was opened',
    (error: unknown) => (error as Error).message,
  );
  const commands = message
    .split('configuration: ')[1]
    ?.replace(/ \(open the .*\)$/, '')
    .split('; ');
  return { message, commands: commands ?? [] };
}

test("a table of nftables' own that drops is named, left alone, and what the error advises works", async () => {
  await loadNft(closedTable, 'prepare the host');
  const before = run('nft', 'list', 'ruleset');
  expect(needs()).toEqual(nothing);
  const { message, commands } = await refusal();
  expect(message).toBe(
    "operation failed: the chain 'input' of the nftables table 'inet filter' and the chain 'forward' of the " +
      "nftables table 'inet filter' drop what the network 'default' needs: DHCP requests, DNS queries, packets " +
      'from container to container, packets that leave, answers from outside; allow it, there and in that ' +
      "firewall's configuration: " +
      'nft insert rule inet filter input iifname virbr0 udp dport 67 accept; ' +
      'nft insert rule inet filter input iifname virbr0 udp dport 53 accept; ' +
      'nft insert rule inet filter input iifname virbr0 tcp dport 53 accept; ' +
      'nft insert rule inet filter forward iifname virbr0 oifname virbr0 accept; ' +
      'nft insert rule inet filter forward iifname virbr0 ip saddr 192.168.122.0/24 accept; ' +
      'nft insert rule inet filter forward oifname virbr0 ip daddr 192.168.122.0/24 ct state established,related accept' +
      " (open the firewall for the network 'default')",
  );
  expect(uncounted(run('nft', 'list', 'ruleset'))).toBe(uncounted(before));
  for (const command of commands) run('sh', '-c', command);
  await openFirewall(network);
  await eventually(() => expect(needs()).toEqual(everything));
  await closeFirewall('virbr0');
});

test('without br_netfilter, no other table sees what containers say to each other', async () => {
  setBridged('ip', '0');
  await loadNft(closedTable, 'prepare the host');
  const { message, commands } = await refusal();
  expect(message).not.toContain('container to container');
  for (const command of commands) run('sh', '-c', command);
  await openFirewall(network);
  await eventually(() => expect(needs()).toEqual(everything));
  await closeFirewall('virbr0');
});

test('of a table of firewalld, firewalld is the remedy', async () => {
  await loadNft(firewalldTable, 'prepare the host');
  const { message, commands } = await refusal();
  expect(message).toContain("the chain 'filter_INPUT' of the nftables table 'inet firewalld'");
  expect(message).toContain("the chain 'filter_FORWARD' of the nftables table 'inet firewalld'");
  expect(commands).toEqual(['firewall-cmd --zone=trusted --change-interface=virbr0']);
  // What that does: the zone's chains accept.
  const zones = [
    'filter_INPUT_ZONES iifname virbr0 accept',
    'filter_FORWARD_ZONES iifname virbr0 accept',
  ];
  for (const rule of zones) run('sh', '-c', `nft insert rule inet firewalld ${rule}`);
  await openFirewall(network);
  await eventually(() => expect(needs()).toEqual(everything));
  await closeFirewall('virbr0');
});

test('rules that cannot be understood refuse no network', async () => {
  await loadNft(
    `table inet odd {
      set trusted { type ifname; elements = { "virbr0" } }
      chain input {
        type filter hook input priority 0; policy drop;
        iifname @trusted accept
        ct state established,related accept
      }
      chain forward {
        type filter hook forward priority 0; policy drop;
        meta mark & 0x1 == 0x1 drop
        meta pkttype multicast drop
        iifname . oifname vmap @verdicts
        ip saddr 192.168.122.0-192.168.122.255 accept
        ip daddr 192.168.122.0/23 accept
      }
      map verdicts { type ifname . ifname : verdict; }
    }`,
    'prepare the host',
  );
  await openFirewall(network);
  await eventually(() => expect(needs()).toEqual(everything));
  await closeFirewall('virbr0');
});
