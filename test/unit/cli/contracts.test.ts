/** What the commands rely on of a connection: one table, which holds for the fake of these tests and for the library alike. */
import type { Connection } from '../../../lib/index';
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

const makers = {
  'the fake': () => Promise.resolve(new FakeConnection([{ name, uuid }]).asConnection()),
  'the library': realConnection,
};

const refused = (code: string): unknown => expect.objectContaining({ code });

/** What a call resolves to, or the error that it rejects with: never anything that it throws at once. */
type Call = (connection: Connection) => Promise<unknown>;

const started = async (connection: Connection): ReturnType<Connection['lookupDomainByName']> => {
  const domain = await connection.lookupDomainByName(name);
  await domain.start({ ownership: 'leave' });
  return domain;
};

const contracts: readonly (readonly [what: string, call: Call, answer: unknown])[] = [
  ['an unknown name', (of) => of.lookupDomainByName('none'), refused('NO_DOMAIN')],
  ['an unknown uuid', (of) => of.lookupDomainByUuid(uuid.replace('0', '1')), refused('NO_DOMAIN')],
  ['an unknown id', (of) => of.lookupDomainById(1), refused('NO_DOMAIN')],
  ['an unknown network', (of) => of.lookupNetworkByName('none'), refused('NO_NETWORK')],
  ['a plan of no XML', (of) => of.plan({ xml: 'none' }), refused('XML_ERROR')],
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

describe.each(Object.entries(makers))('%s', (_, make) => {
  test.each(contracts)('%s', async (_what, call, answer) => {
    const connection = await make();
    const answered = await call(connection).catch((error: unknown) => error);
    expect(answered).toEqual(answer);
    await connection.close();
  });
});
