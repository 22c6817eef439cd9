/** `<bandwidth>` of containers that run: from the start on, changed while they run, and nothing of it left. */
import type { ChildProcess } from 'node:child_process';
import type { Connection } from 'tslxc';
import { eventually } from '../support/time/eventually';
import { initOf, monitorsOf } from '../support/world/container-traces';
import { containerTest } from '../support/world/container-test';
import { HostLinks } from '../support/network/host-links';
import { NetworkWorld, interfaceXml } from '../support/network/network-world';
import { runCommand } from '../support/process/run-command';
import { sendSignal } from '../support/process/send-signal';
import { Surroundings, endProcess, run, serveTransfers } from '../support/network/lab';
import { expectFast, expectSeconds } from '../support/network/transfers';

let links: HostLinks;
let server: ChildProcess;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.168.122.1/24', '2001:db8::1/64');
  server = await serveTransfers();
});

afterAll(async () => {
  await endProcess(server);
  links[Symbol.dispose]();
});

const world = containerTest(async (keep) => {
  keep(() => eventually(() => expect(shapers()).toEqual([])));
  const made = keep(await NetworkWorld.make());
  keep(() => endAll(made.connection));
  return made;
});

async function endAll(connection: Connection): Promise<void> {
  for (const domain of await connection.listDomains({ state: 'active' })) await domain.destroy();
  for (const network of await connection.listNetworks({ state: 'active' })) await network.destroy();
}

function shapers(): string[] {
  const links = JSON.parse(run('ip', '-json', 'link')) as { ifname: string }[];
  return links.map(({ ifname }) => ifname).filter((name) => name.startsWith('ifb'));
}

const shaped = (bandwidth: string, address = '192.168.122.50'): string =>
  interfaceXml({
    type: 'bridge',
    source: "bridge='br0'",
    more: `<bandwidth>${bandwidth}</bandwidth><ip address='${address}' prefix='24'/>`,
  });

const rate = `average='1000' burst='64'`;

test('both directions are the container’s, and are changed while it runs', async () => {
  const bandwidth = `<inbound ${rate}/>`;
  const { domain, init } = await world.start({ name: 'shaped', devices: shaped(bandwidth) });
  const inside = new Surroundings(init);
  expectSeconds(await inside.seconds('receive', 5000), 5);
  await expectFast(() => inside.seconds('send', 5000));

  const { root } = world;
  const words = ['domiftune', 'shaped', 'eth0', '--inbound', '0', '--outbound', '1000,0,64'];
  expect(await runCommand(words, { root })).toMatchObject({ code: 0, stdout: '\n', stderr: '' });
  expectSeconds(await inside.seconds('send', 5000), 5);
  await expectFast(() => inside.seconds('receive', 5000));
  expect(await domain.xml()).toContain("<outbound average='1000' burst='64'/>");
  expect(await domain.xml({ which: 'inactive' })).toContain("<inbound average='1000' burst='64'/>");

  const shown = await runCommand(['domiftune', 'shaped', 'eth0'], { root });
  expect(shown.stdout).toContain('inbound.average: 0\n');
  expect(shown.stdout).toContain('outbound.average: 1000\n');
  await domain.destroy();
});

test('the monitor is killed: the next one who looks removes what shaped', async () => {
  const devices = shaped(`<inbound ${rate}/><outbound ${rate}/>`);
  const { domain } = await world.start({ name: 'killed', devices }, { ownership: 'leave' });
  expect(shapers()).toHaveLength(1);
  sendSignal(monitorsOf('killed')[0], 'SIGKILL');
  await eventually(async () => expect((await domain.state()).state).toBe('shutoff'));
  expect(shapers()).toEqual([]);
});

test('a start that fails leaves nothing of it', async () => {
  const devices = shaped(`<inbound ${rate}/><outbound ${rate}/>`);
  const failing = world.start({ name: 'failing', devices, init: '/no/such/init' });
  await expect(failing).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
  expect(shapers()).toEqual([]);
});

describe('on a network', () => {
  const networkXml = (bandwidth: string): string => `<network><name>limited</name>
    <bridge name='virbr7'/><bandwidth>${bandwidth}</bandwidth><dns enable='no'/>
    <ip address='10.77.7.1' netmask='255.255.255.0'/>
    <portgroup name='slow'><bandwidth><inbound average='500'/></bandwidth></portgroup></network>`;

  const plugged = (mac: string, more: string, source = ''): string =>
    interfaceXml({
      type: 'network',
      source: `network='limited' ${source}`,
      mac,
      more: `${more}<ip address='10.77.7.${mac}' prefix='24'/>`,
    });

  const floor = (average: number): string => `<bandwidth><inbound floor='${average}'/></bandwidth>`;

  const classes = (): string[] =>
    (JSON.parse(run('tc', '-json', 'class', 'show', 'dev', 'virbr7')) as { handle: string }[]).map(
      ({ handle }) => handle,
    );

  test('containers share its rates, and a port group has its own', async () => {
    const network = await world.connection.createNetwork(
      networkXml(`<inbound average='2000' burst='64'/><outbound ${rate}/>`),
    );
    await world.start({ name: 'one', devices: plugged('11', '') });
    await world.start({ name: 'two', devices: plugged('12', '', "portgroup='slow'") });
    const [one, two] = [
      new Surroundings(await initOf('one')),
      new Surroundings(await initOf('two')),
    ];
    expectSeconds(await one.seconds('receive', 4000, '10.77.7.1'), 2);
    expectSeconds(await two.seconds('receive', 1000, '10.77.7.1'), 2);
    const sent = [one, two].map((inside) => inside.seconds('send', 1500, '10.77.7.1'));
    expectSeconds(Math.max(...(await Promise.all(sent))), 3);
    expect(shapers()).toEqual(['ifb-virbr7']);
    for (const name of ['one', 'two']) {
      await (await world.connection.lookupDomainByName(name)).destroy();
    }
    await network.destroy();
    expect(shapers()).toEqual([]);
  });

  test('a floor is promised once, and freed at the end', async () => {
    await world.connection.createNetwork(networkXml(`<inbound ${rate}/>`));
    const { domain } = await world.start({ name: 'one', devices: plugged('11', floor(800)) });
    expect(classes()).toContain('1:3');
    const second = world.start({ name: 'two', devices: plugged('12', floor(300)) });
    await expect(second).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
      element: 'domain/devices/interface',
      message: expect.stringContaining(
        "because it would overcommit 'inbound.average' on network 'limited'",
      ) as string,
    });
    await domain.setBandwidth('eth0', { inbound: { floor: 600 } });
    await (await world.connection.lookupDomainByName('two')).start();
    expect(classes()).toContain('1:4');
    for (const name of ['one', 'two']) {
      await (await world.connection.lookupDomainByName(name)).destroy();
    }
    expect(classes().sort()).toEqual(['1:1', '1:2']);
  });

  test('a floor of a network without a rate is refused with its place', async () => {
    await world.connection.createNetwork(networkXml(`<outbound ${rate}/>`));
    const start = world.start({ name: 'one', devices: plugged('11', floor(800)) });
    await expect(start).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      element: 'domain/devices/interface',
      message: expect.stringContaining("network 'limited' has no inbound QoS set") as string,
    });
  });
});
