/** The network `default` is brought up for a container, and is off again if that fails: the host is as it was before. */
import { domainXml } from '../support/domain/domain-xml';
import { link, makeNetworkWorld, run } from '../support/network/virtual-network-world';
import { errorOf } from '../unit/driver/refusal';

const devices = "<interface type='network'><source network='default'/></interface>";
const sleeper = { init: '/bin/sleep', initArguments: ['1000'] };
const good = domainXml({ name: 'good', ...sleeper, devices });
const bad = domainXml({ name: 'bad', init: '/nowhere/init', devices });

/** How many interfaces of containers are plugged into its bridge. */
function plugged(): number {
  const links = JSON.parse(run('ip', '-json', 'link')) as { master?: string }[];
  return links.filter(({ master }) => master === 'virbr0').length;
}

test('a start that fails late leaves it off, and the next one starts it', async () => {
  await using world = await makeNetworkWorld();
  const { connection } = world;
  const told: string[] = [];
  const onNetworkStarted = (network: string): void => void told.push(network);
  const failing = await connection.defineDomain(bad);
  const network = await connection.lookupNetworkByName('default');
  const failed = { step: 'execute init' };
  expect(await errorOf(() => failing.start({ onNetworkStarted }))).toMatchObject(failed);
  expect(link('virbr0')).toBeUndefined();
  expect(await network.info()).toMatchObject({ active: false, autostart: true });
  expect(told).toEqual([]);
  await using domain = await connection.createDomain(good, { onNetworkStarted });
  expect([told, plugged()]).toEqual([['default'], 1]);
  // One that has others in it is not touched.
  expect(await errorOf(() => failing.start({ onNetworkStarted }))).toMatchObject(failed);
  expect([(await domain.state()).state, plugged()]).toEqual(['running', 1]);
});

const nowhere = "<interface type='network'><source network='nowhere'/></interface>";

test.each([
  ['late', bad],
  // Before it has a record of its own: the other one has looked at the network by then, and has none either.
  ['early', domainXml({ name: 'bad', ...sleeper, devices: devices + nowhere })],
])('a container that starts beside one that fails %s keeps it', async (_when, xml) => {
  await using world = await makeNetworkWorld();
  const { connection } = world;
  const failing = await connection.defineDomain(xml);
  const domain = await connection.defineDomain(good);
  const ends = await Promise.allSettled([failing.start(), domain.start()]);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(plugged()).toBe(1);
  await domain.destroy();
});

test('an interface that a running container can not have after all leaves it off', async () => {
  await using world = await makeNetworkWorld();
  const { connection } = world;
  const lan = { name: 'lan', ...sleeper, devices: "<interface type='ethernet'/>" };
  await using domain = await connection.createDomain(domainXml(lan));
  const wanted =
    "<interface type='network'><source network='default' portgroup='none'/></interface>";
  expect(await errorOf(() => domain.attachDevice(wanted, { which: 'live' }))).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining("no portgroup named 'none'") as string,
  });
  expect(link('virbr0')).toBeUndefined();
});
