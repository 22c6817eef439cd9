/** What the commands rely on of a connection: one table, which holds for the fake of these tests and for the library alike. */
import { statePaths } from '../../../lib/host/state/state-paths';
import type { Connection, Network } from '../../../lib/index';
import { writeActiveRecord } from '../../../lib/network/lifecycle/state';
import { domainXml } from '../../support/domain/domain-xml';
import { FakeHost } from '../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../driver/scratch';
import { FakeConnection } from '../../support/fake/connection/fake-connection';

removeScratchAfterEach();

const name = 'web';
const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';

/** The library's, on a host whose inits heed every signal. */
async function realConnection(): Promise<Connection> {
  const host = new FakeHost(scratchDirectory());
  host.init = { ...host.init, heeds: () => true };
  const connection = host.connect();
  await connection.defineDomain(domainXml({ name, uuid }));
  return connection;
}

type Makers = Readonly<Record<string, () => Promise<Connection>>>;

const makers: Makers = {
  'the fake': () => Promise.resolve(new FakeConnection([{ name, uuid }]).asConnection()),
  'the library': realConnection,
};

const refused = (code: string): unknown => expect.objectContaining({ code });

/** What a call resolves to, or the error that it rejects with: never anything that it throws at once. */
type Call = (connection: Connection) => Promise<unknown>;

type Contract = readonly [what: string, call: Call, answer: unknown];

const started = async (connection: Connection): ReturnType<Connection['lookupDomainByName']> => {
  const domain = await connection.lookupDomainByName(name);
  await domain.start({ ownership: 'leave' });
  return domain;
};

const contracts: readonly Contract[] = [
  ['an unknown name', (of) => of.lookupDomainByName('none'), refused('NO_DOMAIN')],
  ['an unknown uuid', (of) => of.lookupDomainByUuid(uuid.replace('0', '1')), refused('NO_DOMAIN')],
  ['an unknown id', (of) => of.lookupDomainById(1), refused('NO_DOMAIN')],
  ['an unknown network', (of) => of.lookupNetworkByName('none'), refused('NO_NETWORK')],
  ['a plan of no XML', (of) => of.plan({ xml: 'none' }), refused('XML_DETAIL')],
  [
    'its name and uuid',
    (of) => of.lookupDomainByUuid(uuid),
    expect.objectContaining({ name, uuid }),
  ],
  [
    'a list',
    async (of) => (await of.listDomains()).map((domain) => [domain.name, domain.id]),
    [[name, undefined]],
  ],
  [
    'the state before a start',
    async (of) => (await of.lookupDomainByName(name)).state(),
    { state: 'shutoff', reason: 'unknown' },
  ],
  [
    'the state and the id after it',
    async (of) => {
      const domain = await started(of);
      return [await domain.state(), typeof domain.id];
    },
    [{ state: 'running', reason: 'booted' }, 'number'],
  ],
  [
    'a shutdown that is not waited for',
    async (of) => (await started(of)).shutdown(),
    { by: 'signal', signal: 15, outcome: 'asked' },
  ],
  [
    'a reboot that is not waited for',
    async (of) => (await started(of)).reboot(),
    { by: 'signal', signal: 15, outcome: 'asked' },
  ],
  [
    'a rename',
    async (of) => {
      const domain = await of.lookupDomainByName(name);
      const renamed = await domain.rename('other');
      return [domain.name, renamed.name, renamed.uuid];
    },
    [name, 'other', uuid],
  ],
  [
    'a title that is set and taken away',
    async (of) => {
      const domain = await of.lookupDomainByName(name);
      await domain.setTitle('a title');
      const before = await domain.getTitle();
      await domain.setTitle(undefined);
      return [before, await domain.getTitle()];
    },
    ['a title', undefined],
  ],
  [
    'events whose signal is aborted',
    async (of) => {
      const abort = new AbortController();
      const next = of.events({ signal: abort.signal }).next();
      abort.abort();
      return (await next).done;
    },
    true,
  ],
  ['the security model', (of) => of.securityModel(), { model: 'none', doi: '0' }],
  ['a preview of a purge', async (of) => Array.isArray(await of.previewPurge()), true],
];

/** A network that is defined and off, and one that runs, without a definition. */
const off = { name: 'lab', uuid: uuid.replace('0', '3'), bridge: 'br-lab' };
const on = { name: 'office', uuid: uuid.replace('0', '4'), bridge: 'br-office' };

const networkXml = (of: typeof off): string => `<network>
  <name>${of.name}</name>
  <uuid>${of.uuid}</uuid>
  <bridge name='${of.bridge}'/>
  <mac address='52:54:00:aa:bb:cc'/>
</network>
`;

/** The library's. The network that runs is only on record, with nothing of the host's: so all of it is there. */
async function realNetworks(): Promise<Connection> {
  const host = new FakeHost(scratchDirectory());
  const connection = host.connect();
  await connection.defineNetwork(networkXml(off));
  const record = { name: on.name, uuid: on.uuid, xml: networkXml(on) };
  writeActiveRecord(statePaths(host.root), { ...record, phase: 'running', borrowed: {} });
  return connection;
}

const networkMakers: Makers = {
  'the fake': () => {
    const running = { ...on, active: true, persistent: false };
    return Promise.resolve(new FakeConnection().withNetworks(off, running).asConnection());
  },
  'the library': realNetworks,
};

/** A call on one of the two networks. */
const network =
  ({ name: of }: typeof off, call: (one: Network) => Promise<unknown>): Call =>
  async (connection) =>
    call(await connection.lookupNetworkByName(of));

const noPort = '00000000-0000-4000-8000-000000000000';
const update = {
  command: 'add-last',
  section: 'portgroup',
  xml: "<portgroup name='slow'/>",
} as const;

const networkContracts: readonly Contract[] = [
  ['an unknown name', (of) => of.lookupNetworkByName('none'), refused('NO_NETWORK')],
  ['an unknown uuid', (of) => of.lookupNetworkByUuid(uuid), refused('NO_NETWORK')],
  [
    'its name and uuid',
    (of) => of.lookupNetworkByUuid(off.uuid),
    expect.objectContaining({ name: off.name, uuid: off.uuid }),
  ],
  [
    'a list of those that run',
    async (of) => (await of.listNetworks({ state: 'active' })).map(({ uuid: one }) => one),
    [on.uuid],
  ],
  ['a new definition', async (of) => (await of.defineNetwork(networkXml(off))).name, off.name],
  [
    'what is said of one that is off',
    network(off, (one) => one.info()),
    { active: false, persistent: true, autostart: false, bridge: off.bridge, connections: 0 },
  ],
  [
    'what is said of one that runs',
    network(on, (one) => one.info()),
    { active: true, persistent: false, autostart: false, bridge: on.bridge, connections: 0 },
  ],
  ['its XML', network(off, (one) => one.xml()), expect.stringContaining('<name>lab</name>')],
  ['an autostart', network(off, (one) => one.setAutostart('on')), undefined],
  ['a removal of its definition', network(off, (one) => one.undefine()), undefined],
  ['an update', network(off, (one) => one.update(update)), undefined],
  ['a start of one that runs', network(on, (one) => one.start()), refused('OPERATION_INVALID')],
  ['an end', network(on, (one) => one.destroy()), undefined],
  ['an end of one that is off', network(off, (one) => one.destroy()), refused('OPERATION_INVALID')],
  ['leases', network(on, (one) => one.leases()), []],
  ['leases of one that is off', network(off, (one) => one.leases()), []],
  ['ports', network(on, (one) => one.ports()), []],
  ['ports of one that is off', network(off, (one) => one.ports()), refused('OPERATION_INVALID')],
  ['an unknown port', network(on, (one) => one.portXml(noPort)), refused('NO_NETWORK_PORT')],
  [
    'a removal of an unknown port',
    network(on, (one) => one.deletePort(noPort)),
    refused('NO_NETWORK_PORT'),
  ],
  [
    'a title that is set and taken away',
    network(off, async (one) => {
      await one.setTitle('a title');
      const before = await one.getTitle();
      await one.setTitle(undefined);
      return [before, await one.getTitle()];
    }),
    ['a title', undefined],
  ],
  [
    'a description that is set and taken away',
    network(off, async (one) => {
      await one.setDescription('what it is for');
      const before = await one.getDescription();
      await one.setDescription('');
      return [before, await one.getDescription()];
    }),
    ['what it is for', undefined],
  ],
  [
    'metadata that is set and taken away',
    network(off, async (one) => {
      await one.setMetadata('urn:x', { key: 'k', xml: '<a/>' });
      const before = await one.getMetadata('urn:x');
      await one.setMetadata('urn:x', undefined);
      return [before, await one.getMetadata('urn:x')];
    }),
    ['<a/>', undefined],
  ],
  [
    'events whose signal is aborted',
    async (of) => {
      const abort = new AbortController();
      const next = of.networkEvents({ signal: abort.signal }).next();
      abort.abort();
      return (await next).done;
    },
    true,
  ],
];

function testEach(made: Makers, rows: readonly Contract[]): void {
  describe.each(Object.entries(made))('%s', (_, make) => {
    test.each(rows)('%s', async (_what, call, answer) => {
      const connection = await make();
      const answered = await call(connection).catch((error: unknown) => error);
      expect(answered).toEqual(answer);
      await connection.close();
    });
  });
}

describe('domains', () => testEach(makers, contracts));
describe('networks', () => testEach(networkMakers, networkContracts));
