/** Filters on a root in a folder: which names and uuids they may have, what they include, and where one is in force. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';
const other = '1a81f5b2-8403-4b23-88d6-21ccc2f80d6f';

const xml = (name: string, entries = '', id?: string): string =>
  `<filter name='${name}'>${id === undefined ? '' : `<uuid>${id}</uuid>`}${entries}</filter>`;

const includes = (...names: readonly string[]): string =>
  names.map((name) => `<filterref filter='${name}'/>`).join('');

function host() {
  const fake = new FakeHost(scratchDirectory());
  return { fake, filters: fake.connect().networkFilters };
}

test('those that are built in are there, and can neither be changed nor removed', async () => {
  const { fake, filters } = host();
  const all = await filters.list();
  expect(all.map(({ name, origin }) => `${name} ${origin}`)).toContain('clean-traffic built-in');
  expect(await filters.xml('clean-traffic')).toMatch(
    /^<filter name='clean-traffic' chain='root'>\n/,
  );
  const found = await filters.lookup('clean-traffic');
  expect(await filters.lookupByUuid(found.uuid.toUpperCase())).toEqual(found);
  expect(await errorOf(() => filters.define(xml('clean-traffic')))).toMatchObject({
    code: 'OPERATION_FAILED',
    message: "operation failed: filter 'clean-traffic' is built in, and can't be changed",
  });
  expect(await errorOf(() => filters.undefine('clean-traffic'))).toMatchObject({
    code: 'OPERATION_INVALID',
  });
  expect(existsSync(join(fake.root, 'etc/tslxc/nwfilter/clean-traffic.xml'))).toBe(false);
});

test('one is kept, found by other processes, and keeps its uuid', async () => {
  const { fake, filters } = host();
  const rule = "<rule action='drop' direction='in'><udp dstportstart='53'/></rule>";
  expect(await filters.define(xml('own', rule, uuid))).toEqual({
    name: 'own',
    uuid,
    origin: 'defined',
  });
  expect((await filters.define(xml('own', rule))).uuid).toBe(uuid);
  expect(await fake.connect().networkFilters.xml('own')).toBe(`<filter name='own' chain='root'>
  <uuid>${uuid}</uuid>
  <rule action='drop' direction='in' priority='500'>
    <udp dstportstart='53'/>
  </rule>
</filter>
`);
  await filters.undefine('own');
  expect(await errorOf(() => filters.xml('own'))).toMatchObject({ code: 'NO_NWFILTER' });
  expect(await errorOf(() => filters.lookupByUuid(uuid))).toMatchObject({ code: 'NO_NWFILTER' });
});

test('a name has one uuid, and a uuid one name', async () => {
  const { filters } = host();
  await filters.define(xml('own', '', uuid));
  expect(await errorOf(() => filters.define(xml('own', '', other)))).toMatchObject({
    message: `operation failed: filter 'own' already exists with uuid ${uuid}`,
  });
  expect(await errorOf(() => filters.define(xml('twin', '', uuid)))).toMatchObject({
    message: "operation failed: filter with same UUID but different name ('own') already exists",
  });
});

test('none includes itself, and none that another one includes is removed', async () => {
  const { filters } = host();
  await filters.define(xml('a', includes('b', 'clean-traffic')));
  await filters.define(xml('b', includes('c')));
  for (const [name, entries] of [
    ['c', includes('a')],
    ['b', includes('b')],
  ] as const) {
    expect(await errorOf(() => filters.define(xml(name, entries)))).toMatchObject({
      code: 'OPERATION_FAILED',
      message: 'operation failed: filter would introduce a loop',
    });
  }
  expect(await errorOf(() => filters.undefine('b'))).toMatchObject({
    message: "Requested operation is not valid: nwfilter is in use by 'a'",
  });
  await filters.undefine('a');
  await filters.undefine('b');
});

test('one that can’t be read is listed with the reason, and is replaced', async () => {
  const { fake, filters } = host();
  await filters.define(xml('own', '', uuid));
  writeFileSync(join(fake.root, 'etc/tslxc/nwfilter/own.xml'), '<filter name');
  const fresh = fake.connect().networkFilters;
  const found = (await fresh.list()).find(({ name }) => name === 'own');
  expect(found?.unreadable).toMatch(/own\.xml/);
  expect(await fresh.editableXml('own')).toBe('<filter name');
  await fresh.define(xml('own', '', other));
  expect((await fresh.lookup('own')).uuid).toBe(other);
});

test('a domain that refers to one that is only kept does not start', async () => {
  const { fake, filters } = host();
  await filters.define(xml('own'));
  const devices =
    "<interface type='bridge'><source bridge='br0'/><filterref filter='own'/></interface>";
  const domain = await fake.connect().defineDomain(domainXml({ name: 'web', devices }));
  expect(await errorOf(() => domain.start())).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: expect.stringContaining('its rules would not hold') as string,
  });
});

test('an interface of a running container that has a filter is a binding', async () => {
  const { fake, filters } = host();
  const mac = '52:54:00:00:00:01';
  const devices = `<interface type='bridge'><mac address='${mac}'/><source bridge='br0'/>
    <filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.1'/></filterref></interface>`;
  const domain = await fake.connect().defineDomain(domainXml({ name: 'web', devices }));
  expect(await filters.bindings()).toEqual([]);
  await domain.start();
  // As a start that makes a filter notes it beforehand.
  const state = fake.state('web');
  if (state.phase !== 'running') throw new Error('it does not run');
  const undo = [{ undo: 'removeFilter', host: 'vnet7', mac }] as const;
  fake.states.set('web', { ...state, start: { ...state.start, undo } });
  const binding = {
    port: 'vnet7',
    filter: 'clean-traffic',
    domain: { name: 'web', uuid: domain.uuid },
    mac,
    parameters: [{ name: 'IP', value: '10.0.0.1' }],
  };
  expect(await filters.bindings()).toEqual([binding]);
  expect(await filters.bindingXml('vnet7')).toContain("<portdev name='vnet7'/>");
  expect(await errorOf(() => filters.bindingXml('vnet8'))).toMatchObject({
    code: 'NO_NWFILTER_BINDING',
  });
});
