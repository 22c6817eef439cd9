/** Interfaces of virtual networks that a running container can't be given: the host stays as it was. */
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { link, makeNetworkWorld } from '../support/network/virtual-network-world';
import { containing, errorOf } from '../unit/driver/refusal';

test('no network is started for an interface that a running container can not be given', async () => {
  await using world = await makeNetworkWorld();
  const { connection } = world;
  const network = await connection.lookupNetworkByName('default');
  const init = { init: '/bin/sleep', initArguments: ['1000'] };
  const open = await connection.createDomain(domainXml({ name: 'open', ...init }));
  const devices = "<interface type='ethernet'/>";
  const lan = await connection.createDomain(domainXml({ name: 'lan', ...init, devices }));
  const wanted = (more: string): string =>
    `<interface type='network'><source network='default'/>${more}</interface>`;
  const attach = (domain: Domain, xml: string): Promise<unknown> =>
    errorOf(() => domain.attachDevice(xml, { which: 'live' }));
  expect(await attach(open, wanted(''))).toMatchObject({
    code: 'OPERATION_INVALID',
    message: containing('uses the host’s network'),
  });
  expect(await attach(lan, wanted("<guest dev='eth0'/>"))).toMatchObject({
    code: 'RESOURCE_BUSY',
    message: containing("a network interface 'eth0' already"),
  });
  expect(await network.info()).toMatchObject({ active: false });
  expect(link('virbr0')).toBeUndefined();
  await open.destroy();
  await lan.destroy();
});
