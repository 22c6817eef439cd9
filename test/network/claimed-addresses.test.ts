/** Several starts at once in one process that want one address, or one MAC address, of a bridge, or most of its rate: exactly one runs. */
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { host } from '../support/network/host-links';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  const network = await connection.defineNetwork(
    `<network><name>lab</name><bridge name='lab0'/><bandwidth><inbound average='1000'/></bandwidth><ip address='192.168.151.1' netmask='255.255.255.0'/></network>`,
  );
  await network.start();
  return { connection };
});

const names = ['one', 'two', 'three'];

async function defineAll(content: string): Promise<Domain[]> {
  const { connection } = world;
  return await Promise.all(
    names.map((name) => {
      const devices = `<interface type='network'><source network='lab'/>${content}</interface>`;
      return connection.defineDomain(domainXml({ name, devices }));
    }),
  );
}

/** All but one are refused, as `refusal` says once it is known which of them runs, and nothing of them is left. */
async function expectOneToRun(
  domains: readonly Domain[],
  refusal: (runs: string) => Readonly<{ code: string; message: string }>,
): Promise<void> {
  const links = host.names();
  const started = await Promise.allSettled(domains.map((domain) => domain.start()));
  const [runs, ...others] = await world.connection.listDomains({ state: 'active' });
  if (runs === undefined) throw new Error('none runs');
  expect(others).toEqual([]);
  const { code, message } = refusal(runs.name);
  for (const one of started.filter(({ status }) => status === 'rejected')) {
    expect(one).toMatchObject({
      reason: { code, message: expect.stringContaining(message) as string },
    });
  }
  expect(host.names()).toHaveLength(links.length + 1);
  await runs.destroy();
  expect(host.names()).toEqual(links);
}

test('of three with one address, one runs', async () => {
  const domains = await defineAll("<ip address='192.168.151.50' prefix='24'/>");
  await expectOneToRun(domains, (runs) => ({
    code: 'RESOURCE_BUSY',
    message: `the address 192.168.151.50 on the bridge 'lab0' is that of domain '${runs}', which runs`,
  }));
});

test('of three with one MAC address, one runs', async () => {
  const mac = '52:54:00:00:51:01';
  const domains = await defineAll(`<mac address='${mac}'/>`);
  await expectOneToRun(domains, (runs) => ({
    code: 'RESOURCE_BUSY',
    message: `the MAC address ${mac} on the bridge 'lab0' is that of domain '${runs}', which runs`,
  }));
});

test('of three that are promised more than half of the rate of a network, one runs', async () => {
  const domains = await defineAll("<bandwidth><inbound average='600' floor='600'/></bandwidth>");
  await expectOneToRun(domains, () => ({
    code: 'OPERATION_INVALID',
    message: "would overcommit 'inbound.average' on network 'lab'",
  }));
});
