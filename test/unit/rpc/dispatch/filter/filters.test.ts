/** Calls about filters, by the real library on a root in a folder. */
import { uuidBytes } from '../../../../../lib/rpc/dispatch/base/uuid';
import { filterHandlers } from '../../../../../lib/rpc/dispatch/filter/filters';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

const filter = { name: 'own', uuid: uuidBytes('0a81f5b2-8403-4b23-88d6-21ccc2f80d6f') };
const xml = "<filter name='own'><uuid>0a81f5b2-8403-4b23-88d6-21ccc2f80d6f</uuid></filter>";

function called() {
  const connection = new FakeHost(scratchDirectory()).connect();
  return { connection, call: callOn(connection) };
}

test('a filter is defined, found and removed by its uuid, whatever name a client has for it', async () => {
  const { call } = called();
  expect(await filterHandlers.NWFilterDefineXML(call, { xml })).toEqual({ filter });
  expect(await filterHandlers.NWFilterDefineXMLFlags(call, { xml, flags: 0 })).toEqual({ filter });
  expect(await filterHandlers.NWFilterLookupByName(call, { name: 'own' })).toEqual({ filter });
  expect(await filterHandlers.NWFilterLookupByUUID(call, { uuid: filter.uuid })).toEqual({
    filter,
  });
  const named = { ...filter, name: 'former' };
  const { xml: told } = await filterHandlers.NWFilterGetXMLDesc(call, { filter: named, flags: 0 });
  expect(told).toContain("<filter name='own' chain='root'>");
  await filterHandlers.NWFilterUndefine(call, { filter: named });
  await expect(filterHandlers.NWFilterLookupByName(call, { name: 'own' })).rejects.toMatchObject({
    code: 'NO_NWFILTER',
  });
  await expect(filterHandlers.NWFilterDefineXMLFlags(call, { xml, flags: 2 })).rejects.toThrow(
    'unsupported flags (0x2) in function nwfilterDefineXMLFlags',
  );
});

test('lists begin with those that are built in', async () => {
  const { call } = called();
  const given = { needsResults: 1, flags: 0 };
  const { filters, count } = await filterHandlers.ConnectListAllNWFilters(call, given);
  expect([filters[0]?.name, count]).toEqual(['clean-traffic', filters.length]);
  expect(await filterHandlers.ConnectNumOfNWFilters(call, {})).toEqual({ count });
  expect(await filterHandlers.ConnectListNWFilters(call, { most: 1 })).toEqual({
    names: ['clean-traffic'],
  });
  expect(await filterHandlers.ConnectListAllNWFilters(call, { ...given, needsResults: 0 })).toEqual(
    { filters: [], count },
  );
});

test('a binding is known by its interface', async () => {
  const { connection, call } = called();
  jest.spyOn(connection.networkFilters, 'bindings').mockResolvedValue([
    {
      port: 'vnet0',
      filter: 'clean-traffic',
      domain: { name: 'web', uuid: 'u' },
      mac: '52:54:00:00:00:01',
      parameters: [],
    },
  ]);
  const binding = { port: 'vnet0', filter: 'clean-traffic' };
  expect(
    await filterHandlers.ConnectListAllNWFilterBindings(call, { needsResults: 1, flags: 0 }),
  ).toEqual({ bindings: [binding], count: 1 });
  expect(await filterHandlers.NWFilterBindingLookupByPortDev(call, { port: 'vnet0' })).toEqual({
    binding,
  });
  await expect(
    filterHandlers.NWFilterBindingLookupByPortDev(call, { port: 'vnet1' }),
  ).rejects.toMatchObject({ code: 'NO_NWFILTER_BINDING' });
});
