/** Domains, virtual networks and storage pools are chosen for a list in the same words, which are also those of `info`. */
import * as fc from 'fast-check';
import { passesFilter } from '../../../../lib/driver/lookup/list-filter';
import type { Connection, ListFilter } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const lists = ['listDomains', 'listNetworks', 'listStoragePools'] as const;

function poolXml(name: string): string {
  return `<pool type='dir'><name>${name}</name><target><path>${scratchDirectory()}</path></target></pool>`;
}

/**
 * Of each kind `stays`, which is off, `marked`, which is off and started with the host, and `runs` and `passes`, which
 * are active, but for the networks: a fake host starts none.
 */
async function populated(): Promise<Connection> {
  const connection = new FakeHost(scratchDirectory()).connect();
  for (const name of ['stays', 'marked', 'runs']) {
    await connection.defineDomain(domainXml({ name }));
    await connection.defineNetwork(`<network><name>${name}</name></network>`);
    await connection.defineStoragePool(poolXml(name));
  }
  await (await connection.lookupDomainByName('runs')).start();
  await connection.createDomain(domainXml({ name: 'passes' }));
  await (await connection.lookupStoragePoolByName('runs')).start();
  await connection.createStoragePool(poolXml('passes'));
  await (await connection.lookupDomainByName('marked')).setAutostart(true);
  await (await connection.lookupNetworkByName('marked')).setAutostart(true);
  await (await connection.lookupStoragePoolByName('marked')).setAutostart(true);
  return connection;
}

/** The names, without that of the network that a root begins with. */
async function listed(
  connection: Connection,
  list: (typeof lists)[number],
  filter: ListFilter,
): Promise<string> {
  const names = (await connection[list](filter)).map(({ name }) => name);
  return names
    .filter((name) => name !== 'default')
    .sort()
    .join(' ');
}

test.each<[ListFilter, string]>([
  [{ active: true }, 'passes runs'],
  [{ state: 'active' }, 'passes runs'],
  [{ active: false }, 'marked stays'],
  [{ persistent: false }, 'passes'],
  [{ persistence: 'transient' }, 'passes'],
  [{ persistent: true, active: true }, 'runs'],
  [{ persistent: true, state: 'active', active: true }, 'runs'],
  [{ autostart: false }, 'passes runs stays'],
  [{ autostart: 'off', persistent: true }, 'runs stays'],
  [{ autostart: true, active: true }, ''],
])('%j selects the same of domains and of storage pools', async (filter, names) => {
  const connection = await populated();
  for (const list of ['listDomains', 'listStoragePools'] as const) {
    expect([list, await listed(connection, list, filter)]).toEqual([list, names]);
  }
});

test.each<[ListFilter, string]>([
  [{ autostart: true }, 'marked'],
  [{ autostart: 'on' }, 'marked'],
  [{ autostart: true, persistent: true, active: false }, 'marked'],
])('%j selects what is started with the host, of each kind', async (filter, names) => {
  const connection = await populated();
  for (const list of lists)
    expect([list, await listed(connection, list, filter)]).toEqual([list, names]);
});

test('the statistics of all domains take the same filter', async () => {
  const all = await (await populated()).stats({ filter: { active: true, persistent: true } });
  expect(all.map(({ name }) => name)).toEqual(['runs']);
});

test.each([
  [{ autostarted: true }, 'filter.autostarted', "is unknown; did you mean 'autostart'?"],
  [{ state: 'active', active: false }, 'filter.active', "does not go with state 'active'"],
  [
    { persistence: 'transient', persistent: true },
    'filter.persistent',
    "does not go with persistence 'transient'",
  ],
  [{ active: 'yes' }, 'filter.active', "is 'yes', not true or false"],
  [{ autostart: 'yes' }, 'filter.autostart', "is 'yes', not one of on, off or true or false"],
])('%j is refused by every list, by its path', async (filter, element, words) => {
  const connection = new FakeHost(scratchDirectory()).connect();
  for (const list of lists) {
    expect(await errorOf(() => connection[list](filter as ListFilter))).toMatchObject({
      code: 'INVALID_ARG',
      element,
      message: expect.stringContaining(`Connection.${list}: ${element} ${words}`) as string,
    });
  }
});

test('interfaces of the host are chosen by what info says, too', async () => {
  const { hostInterfaces } = new FakeHost(scratchDirectory()).connect();
  const all = await hostInterfaces.list();
  const isActive = ({ active }: { readonly active: boolean }): boolean => active;
  expect(await hostInterfaces.list({ active: true })).toEqual(all.filter(isActive));
  expect(await hostInterfaces.list({ active: false })).toEqual(all.filter((one) => !isActive(one)));
  expect(
    await errorOf(() => hostInterfaces.list({ active: true, state: 'inactive' })),
  ).toMatchObject({ code: 'INVALID_ARG', element: 'filter.active' });
});

test('whatever is asked for in booleans is what the words ask for', () => {
  const maybe = fc.option(fc.boolean(), { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({ active: maybe, persistent: maybe, autostart: maybe }),
      fc.record({ active: maybe, persistent: fc.boolean(), autostart: fc.boolean() }),
      ({ active, persistent, autostart }, one) => {
        const listable = {
          active: one.active,
          persistence: one.persistent ? ('persistent' as const) : ('transient' as const),
          isAutostarted: () => one.autostart,
        };
        const booleans = {
          ...(active === undefined ? {} : { active }),
          ...(persistent === undefined ? {} : { persistent }),
          ...(autostart === undefined ? {} : { autostart }),
        };
        const words: ListFilter = {
          ...(active === undefined ? {} : { state: active ? 'active' : 'inactive' }),
          ...(persistent === undefined
            ? {}
            : { persistence: persistent ? 'persistent' : 'transient' }),
          ...(autostart === undefined ? {} : { autostart: autostart ? 'on' : 'off' }),
        };
        const fits =
          (active === undefined || one.active === undefined || active === one.active) &&
          (persistent === undefined || persistent === one.persistent) &&
          (autostart === undefined || autostart === one.autostart);
        expect(passesFilter(listable, booleans)).toBe(fits);
        expect(passesFilter(listable, words)).toBe(fits);
      },
    ),
  );
});
