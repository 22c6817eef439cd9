/** lib/driver/snapshots/clone-definition.ts: a clone has addresses of its own in its virtual network. */
import { parseGivenNetwork } from '../../../../lib/driver/session/given';
import { renewed } from '../../../../lib/driver/snapshots/clone-definition';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const network = `<network><name>lab</name><bridge name='tlab'/><forward mode='nat'/>
  <ip address='10.99.7.1' prefix='29'/><ip family='ipv6' address='fd00:99::1' prefix='64'/></network>`;

const lab = (...addresses: string[]): string =>
  `<interface type='network'><source network='lab'/>${addresses.join('')}</interface>`;
const given = "<ip address='10.99.7.4' prefix='29'/>";

test('addresses of its virtual network are drawn anew, and any other stays', async () => {
  const session = new FakeHost(scratchDirectory()).session();
  await session.networks.write(parseGivenNetwork(network).definition);
  const v6 = "<ip family='ipv6' address='fd00:99::4' prefix='64'/>";
  const foreign = "<ip address='10.1.1.1' prefix='24'/>";
  const direct =
    "<interface type='direct'><source dev='eth7'/><ip address='10.2.2.2' prefix='24'/></interface>";
  const root = "<filesystem><source dir='/srv/web'/><target dir='/'/></filesystem>";
  const devices = `<console/>${root}${lab(given, v6, foreign)}${lab("<ip address='10.99.7.5' prefix='29'/>")}${direct}`;
  const { definition } = session.parse(domainXml({ name: 'web', devices }));
  await session.store.write(definition);
  const clone = await renewed(session, definition, { name: 'copy', copies: [] });
  const [first = [], second = [], third = []] = clone.interfaces.map(({ addresses }) =>
    addresses.map(({ address, prefix }) => `${address}/${prefix}`),
  );
  expect(first[0]).toMatch(/^10\.99\.7\.[236]\/29$/);
  expect(second[0]).toMatch(/^10\.99\.7\.[236]\/29$/);
  expect(second[0]).not.toBe(first[0]);
  expect(first[1]).toMatch(/^fd00:99::.*\/64$/);
  expect(first[1]).not.toContain('fd00:99::4/');
  expect([first[2], third[0]]).toEqual(['10.1.1.1/24', '10.2.2.2/24']);
});
