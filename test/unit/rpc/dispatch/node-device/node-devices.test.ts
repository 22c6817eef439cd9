/** Calls about devices of the host: what the library is asked for, and what a client is told. */
import type { Connection, NodeDeviceFilter, NodeDeviceInfo } from '../../../../../lib/index';
import { nodeDeviceHandlers } from '../../../../../lib/rpc/dispatch/node-device/node-devices';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

const devices: readonly NodeDeviceInfo[] = [
  { name: 'computer', capabilities: ['system'] },
  { name: 'scsi_host1', parent: 'computer', capabilities: ['scsi_host', 'fc_host'] },
];

/** A connection to a host with these devices, and the filters that lists of them were asked with. */
function host(): { readonly connection: Connection; readonly asked: NodeDeviceFilter[] } {
  const connection = new FakeHost(scratchDirectory()).connect();
  const asked: NodeDeviceFilter[] = [];
  jest.spyOn(connection.nodeDevices, 'list').mockImplementation((filter = {}) => {
    asked.push(filter);
    return Promise.resolve([...devices]);
  });
  jest.spyOn(connection.nodeDevices, 'lookup').mockImplementation((name) => {
    const found = devices.find((one) => one.name === name);
    return found === undefined ? Promise.reject(new Error('none')) : Promise.resolve(found);
  });
  return { connection, asked };
}

test('lists are asked for with the capabilities of their flags, and counted without names', async () => {
  const { connection, asked } = host();
  const list = (flags: number, needsResults = 1) =>
    nodeDeviceHandlers.ConnectListAllNodeDevices(callOn(connection), { needsResults, flags });
  const all = { devices: devices.map(({ name }) => ({ name })), count: 2 };
  expect(await list(0)).toEqual(all);
  expect(await list(2 ** 31)).toEqual(all);
  expect(await list(2 ** 4 + 2 ** 9)).toEqual(all);
  expect(await list(2 ** 14)).toEqual(all);
  expect(await list(0, 0)).toEqual({ devices: [], count: 2 });
  expect(asked).toEqual([{}, {}, { capabilities: ['net', 'fc_host'] }, { capabilities: [] }, {}]);
  expect(await list(2 ** 30)).toEqual({ devices: [], count: 0 });
  expect(await list(2 ** 29)).toEqual({ devices: [], count: 0 });
  await expect(list(2 ** 25)).rejects.toThrow(
    'unsupported flags (0x2000000) in function nodeConnectListAllNodeDevices',
  );
});

test('one is told of by its name', async () => {
  const call = callOn(host().connection);
  const name = 'scsi_host1';
  expect(await nodeDeviceHandlers.NodeDeviceGetParent(call, { name })).toEqual({
    parent: 'computer',
  });
  expect(await nodeDeviceHandlers.NodeDeviceGetParent(call, { name: 'computer' })).toEqual({});
  expect(await nodeDeviceHandlers.NodeDeviceNumOfCaps(call, { name })).toEqual({ count: 2 });
  expect(await nodeDeviceHandlers.NodeDeviceListCaps(call, { name, most: 1 })).toEqual({
    names: ['scsi_host'],
  });
  expect(await nodeDeviceHandlers.NodeDeviceIsActive(call, { name })).toEqual({ active: 1 });
  await expect(nodeDeviceHandlers.NodeDeviceIsActive(call, { name: 'x' })).rejects.toThrow('none');
});

test('names by capability: of one that libvirt has and nothing here, none', async () => {
  const { connection, asked } = host();
  const names = (capability: string | undefined) =>
    nodeDeviceHandlers.NodeListDevices(callOn(connection), { capability, most: 1, flags: 0 });
  expect(await names('scsi_host')).toEqual({ names: ['computer'] });
  expect(await names('mdev')).toEqual({ names: [] });
  expect(asked).toEqual([{ capabilities: ['scsi_host'] }]);
});

test('the host itself is told of, by the real thing', async () => {
  const call = callOn(new FakeHost(scratchDirectory()).connect());
  const { xml } = await nodeDeviceHandlers.NodeDeviceGetXMLDesc(call, {
    name: 'computer',
    flags: 0,
  });
  expect(xml).toMatch(/^<device>\n {2}<name>computer<\/name>\n {2}<capability type='system'>\n/);
  const none = nodeDeviceHandlers.NodeDeviceGetXMLDesc(call, { name: 'no', flags: 0 });
  await expect(none).rejects.toMatchObject({ code: 'NO_NODE_DEVICE' });
});
