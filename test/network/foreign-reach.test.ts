/** Containers on hosts whose own firewall drops: lease, DNS, NAT, and each other. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { inside } from '../support/domain/inside';
import { ServerNetwork } from '../support/network/server-network';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { containing, errorOf } from '../unit/driver/refusal';
import {
  closedTable,
  emptyIptables,
  firewalldTable,
  loadIptables,
  savedIptables,
  uncounted,
  type IptablesKind,
} from '../support/network/foreign-hosts';
import { setParameter, type Parameter } from '../support/network/lab';
import { run } from '../support/network/virtual-network-world';

let before: HostSnapshot;
let root: TestRoot;
let tree: string;
let connection: Connection;
let server: ServerNetwork;

beforeAll(startOnce);

beforeEach(async () => {
  before = snapshotHost();
  root = await makeTestRoot();
  tree = join(root.path, 'tree');
  await makeRoot(tree);
  connection = await connect('lxc:///', { root: root.path });
  server = await ServerNetwork.open();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await connection.close();
  await root.remove();
  run('nft', 'flush', 'ruleset');
  emptyIptables();
  await expectHostUnchanged(before);
});

async function startContainer(name: string): Promise<Domain> {
  const devices = `<interface type='network'><source network='default'/></interface>`;
  const filesystems = [{ source: tree, target: '/' }];
  const domain = await connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

describe.each<IptablesKind>(['nft', 'legacy'])('with iptables-%s', (kind) => {
  test.each(['docker', 'closed'] as const)(
    'on a host that is like %s, containers have leases, names, NAT and each other',
    async (host) => {
      const bridged = ['ip', 'ip6'].map((family): Parameter =>
        setParameter({ name: `bridge/bridge-nf-call-${family}tables`, value: '1' }),
      );
      loadIptables(kind, host);
      const rules = uncounted(savedIptables(kind));
      const [alpha, beta] = [await startContainer('alpha'), await startContainer('beta')];
      expect(await inside(alpha, 'udhcpc -q -n -x hostname:alpha')).toMatch(/lease of .* obtained/);
      expect(await inside(beta, 'udhcpc -q -n -x hostname:beta')).toMatch(/lease of .* obtained/);
      expect(await inside(alpha, 'ping -c 1 -W 2 beta')).toMatch(/1 packets received/);
      const ask = `nc -w 3 ${ServerNetwork.address} 80; echo status=$?`;
      expect(await inside(beta, ask)).toBe(`${ServerNetwork.hostAddress}\nstatus=0\n`);
      for (const domain of [alpha, beta]) await domain.destroy();
      await (await connection.lookupNetworkByName('default')).destroy();
      expect(uncounted(savedIptables(kind))).toBe(rules);
      bridged.forEach(setParameter);
    },
  );
});

test.each([
  {
    table: closedTable,
    chain: 'input',
    remedy: 'nft insert rule inet filter input iifname virbr0 udp dport 67 accept',
  },
  {
    table: firewalldTable,
    chain: 'filter_INPUT',
    remedy: 'firewall-cmd --zone=trusted --change-interface=virbr0',
  },
])('a table of another firewall keeps a container from starting: $remedy', async (row) => {
  execFileSync('nft', ['-f', '-'], { input: row.table });
  const rules = uncounted(run('nft', 'list', 'ruleset'));
  const error = await errorOf(() => startContainer('alpha'));
  expect(error).toMatchObject({ code: 'OPERATION_FAILED', message: containing(row.remedy) });
  expect(error).toMatchObject({
    message: containing(`the chain '${row.chain}' of the nftables table`),
  });
  expect(uncounted(run('nft', 'list', 'ruleset'))).toBe(rules);
  const network = await connection.lookupNetworkByName('default');
  expect(await network.info()).toMatchObject({ active: false });
});
