/** Containers on hosts whose own firewall drops: lease, DNS, NAT, and each other. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';
import { inside } from '../../support/domain/inside';
import { ServerNetwork } from '../../support/network/server-network';
import { makeTestRoot } from '../../support/root/test-root';
import { containing, errorOf } from '../../unit/driver/refusal';
import {
  closedTable,
  emptyIptables,
  firewalldTable,
  loadIptables,
  savedIptables,
  uncounted,
  type IptablesKind,
} from '../../support/network/foreign-hosts';
import { setParameter, type Parameter } from '../../support/network/lab';
import { run } from '../../support/network/virtual-network-world';

const world = containerTest(async (keep) => {
  keep(() => emptyIptables());
  keep(() => run('nft', 'flush', 'ruleset'));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  keep(await ServerNetwork.open());
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  return { connection, tree };
});

async function startContainer(name: string): Promise<Domain> {
  const devices = `<interface type='network'><source network='default'/></interface>`;
  const filesystems = [{ source: world.tree, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

/** Its client gives up after three questions, which may have been lost or answered too late. */
async function takeLease(domain: Domain): Promise<void> {
  await eventually(async () => {
    const said = await inside(domain, `udhcpc -q -n -x hostname:${domain.name}`);
    expect(said).toMatch(/lease of .* obtained/);
  });
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
      await takeLease(alpha);
      await takeLease(beta);
      // The one packet may be lost while the kernel brings the ports of the bridge up.
      await eventually(async () => {
        expect(await inside(alpha, 'ping -c 1 -W 2 beta')).toMatch(/1 packets received/);
      });
      // Who answers may not have its turn within the three seconds.
      const ask = `nc -w 3 ${ServerNetwork.address} 80; echo status=$?`;
      await eventually(async () => {
        expect(await inside(beta, ask)).toBe(`${ServerNetwork.hostAddress}\nstatus=0\n`);
      });
      for (const domain of [alpha, beta]) await domain.destroy();
      await (await world.connection.lookupNetworkByName('default')).destroy();
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
  const network = await world.connection.lookupNetworkByName('default');
  expect(await network.info()).toMatchObject({ active: false });
});
