/** Calls about the ports of a network: what the library is asked, and what their rates are as typed parameters. */
import { Network } from '../../../../../lib/driver/network';
import type { NetworkPort, Rates } from '../../../../../lib/index';
import type { Call } from '../../../../../lib/rpc/dispatch/base/call';
import { uuidBytes } from '../../../../../lib/rpc/dispatch/base/uuid';
import { portHandlers } from '../../../../../lib/rpc/dispatch/network/ports';
import { parameterTypes } from '../../../../../lib/rpc/protocol/values';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';
const network = { name: 'lab', uuid: uuidBytes(uuid) };
const port = { network, uuid: uuidBytes(uuid) };

const made: NetworkPort = {
  uuid,
  owner: { name: 'web', uuid },
  mac: '52:54:00:00:00:01',
  origin: 'created',
};

/** A call on one network, in which the functions for ports are replaced, and what these were asked. */
function asking(rates: Rates = {}): { readonly call: Call; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const host = new FakeHost(scratchDirectory());
  const one = Network.of(host.session(), { name: 'lab', uuid });
  jest.spyOn(one, 'createPort').mockImplementation((xml, options) => {
    asked.push([xml, options]);
    return Promise.resolve(made);
  });
  jest.spyOn(one, 'getPortBandwidth').mockImplementation((of) => {
    asked.push(of);
    return Promise.resolve(rates);
  });
  jest.spyOn(one, 'setPortBandwidth').mockImplementation((of, change) => {
    asked.push([of, change]);
    return Promise.resolve();
  });
  const connection = host.connect();
  jest.spyOn(connection, 'lookupNetworkByUuid').mockResolvedValue(one);
  return { call: callOn(connection), asked };
}

const uint = (field: string, value: number) => ({
  field,
  value: { type: parameterTypes.uint, value },
});

test('a port is validated when that is asked for', async () => {
  const { call, asked } = asking();
  for (const flags of [0, 2]) {
    const given = { network, xml: '<networkport/>', flags };
    expect(await portHandlers.NetworkPortCreateXML(call, given)).toEqual({ port });
  }
  expect(asked).toEqual([
    ['<networkport/>', {}],
    ['<networkport/>', { validate: true }],
  ]);
});

test.each([
  [1, '0x1'],
  [3, '0x1'],
  [4, '0x4'],
])('the flags %i of a new port are not known', (flags, unknown) => {
  const { call, asked } = asking();
  const create = (): unknown =>
    portHandlers.NetworkPortCreateXML(call, { network, xml: '<networkport/>', flags });
  expect(create).toThrow(`unsupported flags (${unknown}) in function networkPortCreateXML`);
  expect(asked).toEqual([]);
});

test('the rates of a port are parameters of libvirt’s names, of the directions that have one', async () => {
  const inbound = [
    uint('inbound.average', 10),
    uint('inbound.peak', 0),
    uint('inbound.burst', 0),
    uint('inbound.floor', 3),
  ];
  const outbound = [
    uint('outbound.average', 20),
    uint('outbound.peak', 40),
    uint('outbound.burst', 5),
  ];
  const rows: [Rates, object[]][] = [
    [{}, []],
    [{ inbound: { average: 10, floor: 3 } }, inbound],
    [{ outbound: { average: 20, peak: 40, burst: 5 } }, outbound],
    [
      { inbound: { average: 10, floor: 3 }, outbound: { average: 20, peak: 40, burst: 5 } },
      [...inbound, ...outbound],
    ],
  ];
  for (const [rates, parameters] of rows) {
    const { call, asked } = asking(rates);
    const given = { port, most: 0, flags: 0 };
    expect(await portHandlers.NetworkPortGetParameters(call, given)).toEqual({
      parameters,
      count: parameters.length,
    });
    expect(asked).toEqual([uuid]);
  }
});

test('a direction that a client gives parameters of changes, and the other one stays', async () => {
  const { call, asked } = asking();
  const hyper = { type: parameterTypes.unsignedHyper, value: 60n } as const;
  const parameters = [uint('inbound.average', 30), { field: 'inbound.peak', value: hyper }];
  await portHandlers.NetworkPortSetParameters(call, { port, parameters, flags: 0 });
  expect(asked).toEqual([[uuid, { inbound: { average: 30, peak: 60 } }]]);
});

test('what is no parameter of a port is refused, and so is a flag', async () => {
  const { call, asked } = asking();
  const set = (field: string, flags: number) =>
    portHandlers.NetworkPortSetParameters(call, { port, parameters: [uint(field, 1)], flags });
  const words = "parameter 'outbound.floor' not supported";
  await expect(set('outbound.floor', 0)).rejects.toThrow(words);
  expect(() => set('inbound.average', 1)).toThrow('in function networkPortSetParameters');
  expect(asked).toEqual([]);
});
