/** Calls about network interfaces of the host: what the library is asked for, and what a client is told. */
import type { Connection, HostInterfaceInfo } from '../../../../../lib/index';
import { interfaceHandlers } from '../../../../../lib/rpc/dispatch/interface/interfaces';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

const mac = '52:54:00:00:00:01';
const interfaces: readonly HostInterfaceInfo[] = [
  { name: 'eth0', mac, active: true, operationalState: 'up' },
  { name: 'eth1', active: false, operationalState: 'down' },
  { name: 'lo', active: false, operationalState: 'unknown' },
];

function host(): Connection {
  const connection = new FakeHost(scratchDirectory()).connect();
  jest.spyOn(connection.hostInterfaces, 'list').mockImplementation(({ state } = {}) => {
    const fits = ({ active }: HostInterfaceInfo): boolean =>
      state === undefined || active === (state === 'active');
    return Promise.resolve(interfaces.filter(fits));
  });
  return connection;
}

test.each([
  [2, ['eth0']],
  [1, ['eth1', 'lo']],
  [3, ['eth0', 'eth1', 'lo']],
])('the flags %i list their interfaces, counted also without names', async (flags, names) => {
  const call = callOn(host());
  const given = { needsResults: 1, flags };
  const { interfaces: found, count } = await interfaceHandlers.ConnectListAllInterfaces(
    call,
    given,
  );
  expect([found.map(({ name }) => name), count]).toEqual([names, names.length]);
  expect(
    await interfaceHandlers.ConnectListAllInterfaces(call, { ...given, needsResults: 0 }),
  ).toEqual({ interfaces: [], count });
});

test('an address that an interface does not have is empty', async () => {
  const call = callOn(host());
  const { interfaces: found } = await interfaceHandlers.ConnectListAllInterfaces(call, {
    needsResults: 1,
    flags: 3,
  });
  expect(found.map((one) => one.mac)).toEqual([mac, '', '']);
});

test('the defined ones of the older calls are those that are down', async () => {
  const call = callOn(host());
  expect(await interfaceHandlers.ConnectNumOfDefinedInterfaces(call, {})).toEqual({ count: 1 });
  expect(await interfaceHandlers.ConnectListDefinedInterfaces(call, { most: 9 })).toEqual({
    names: ['eth1'],
  });
  expect(await interfaceHandlers.ConnectNumOfInterfaces(call, {})).toEqual({ count: 1 });
  expect(await interfaceHandlers.ConnectListInterfaces(call, { most: 0 })).toEqual({ names: [] });
});

test('what there is none of is not found, by the real thing', async () => {
  const call = callOn(new FakeHost(scratchDirectory()).connect());
  const named = { interface: { name: 'no such', mac: '' }, flags: 0 };
  await expect(interfaceHandlers.InterfaceGetXMLDesc(call, named)).rejects.toMatchObject({
    code: 'NO_INTERFACE',
  });
  const byMac = (text: string) => interfaceHandlers.InterfaceLookupByMACString(call, { mac: text });
  await expect(byMac('02:00:00:99:99:99')).rejects.toMatchObject({ code: 'NO_INTERFACE' });
  await expect(byMac('x')).rejects.toMatchObject({
    message: "Interface not found: couldn't find interface with MAC address 'x'",
  });
});
