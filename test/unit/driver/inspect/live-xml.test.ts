/** lib/driver: where a running domain's live XML says that its interfaces are plugged in. */
import type { LinkRecord } from '../../../../lib/container/record/run-state';
import type { Domain } from '../../../../lib/driver/domain';
import { listPorts } from '../../../../lib/driver/interfaces/port-verbs';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { writeActiveRecord, writeOffRecord } from '../../../../lib/network/lifecycle/state';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const inLab = '52:54:00:00:00:01';
const inPool = '52:54:00:00:00:02';
const onBridge = '52:54:00:00:00:03';

const devices = `
  <interface type='network'><mac address='${inLab}'/><source network='lab'/></interface>
  <interface type='network'><mac address='${inPool}'/><source network='pool'/></interface>
  <interface type='bridge'><mac address='${onBridge}'/><source bridge='br0'/></interface>`;

const links: readonly LinkRecord[] = [
  {
    type: 'network',
    guest: 'eth0',
    host: 'vnet1000',
    mac: inLab,
    network: 'lab',
    bridge: 'virbr7',
  },
  { type: 'network', guest: 'eth1', mac: inPool, network: 'pool', device: 'eth7' },
  { type: 'bridge', guest: 'eth2', host: 'vnet1001', mac: onBridge, bridge: 'br0' },
];

const lab = { name: 'lab', uuid: '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f51' };
const pool = { name: 'pool', uuid: '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f52' };

let host: FakeHost;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await domain.start();
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it does not run');
  const xml = domainXml({ name: 'web', uuid: domain.uuid, devices });
  host.states.set('web', { ...state, start: { ...state.start, xml, links } });
  await connection.defineDomain(xml);
  run(lab, "<bridge name='virbr7'/><mac address='52:54:00:aa:bb:cc'/>");
  run(pool, "<forward mode='vepa'><interface dev='eth7'/></forward>");
});

/** Puts a network on record as running. */
function run({ name, uuid }: typeof lab, elements: string): void {
  const xml = `<network><name>${name}</name><uuid>${uuid}</uuid>${elements}</network>`;
  const record = { name, uuid, phase: 'running', borrowed: {}, xml } as const;
  writeActiveRecord(statePaths(host.root), record);
}

/** `<source>` of each interface. */
function sourcesIn(xml: string): string[] {
  return xml.match(/<source (network|bridge)=.*>/g) ?? [];
}

test('an interface in a virtual network has the uuid of its port there, also in a pool of devices', async () => {
  const session = host.session('read-only');
  const ports = [...(await listPorts(session, lab)), ...(await listPorts(session, pool))];
  expect(ports.map(({ mac }) => mac)).toEqual([inLab, inPool]);
  const [first, second] = ports.map(({ uuid }) => uuid);
  expect(first).not.toBe(second);
  expect(sourcesIn(await domain.xml())).toEqual([
    `<source network='lab' portid='${first ?? ''}' bridge='virbr7'/>`,
    `<source network='pool' portid='${second ?? ''}'/>`,
    "<source bridge='br0'/>",
  ]);
});

test('the definition names no port', async () => {
  expect(sourcesIn(await domain.xml({ which: 'inactive' }))).toEqual([
    "<source network='lab'/>",
    "<source network='pool'/>",
    "<source bridge='br0'/>",
  ]);
});

test('a network that has ended has no ports any more', async () => {
  writeOffRecord(statePaths(host.root), lab, 'stopped');
  const [first, second] = sourcesIn(await domain.xml());
  expect(first).toBe("<source network='lab' bridge='virbr7'/>");
  expect(second).toContain(' portid=');
});
