/** How clients set limits: what is no change, or names no interface of the host, is refused. */
import type { Connection } from '../../../../../lib/index';
import { limitHandlers } from '../../../../../lib/rpc/dispatch/domain/limits';
import { parameterTypes } from '../../../../../lib/rpc/protocol/values';
import { callOn } from '../fake-call';

const domain = { name: 'web', uuid: Buffer.alloc(16), id: 1 };
const calls: unknown[] = [];

const call = callOn({
  domainOf: () => ({
    interfaces: async () =>
      Promise.resolve([{ name: 'vnet0', guest: 'eth0', mac: '52:54:00:00:00:01' }]),
    getBandwidth: async (device: string) => {
      calls.push(device);
      return Promise.resolve({});
    },
    setBandwidth: async (device: string) => Promise.resolve(calls.push(device)),
    setCpuTuning: async (change: unknown) => Promise.resolve(calls.push(change)),
  }),
} as unknown as Connection);

beforeEach(() => calls.splice(0));

const none = { domain, parameters: [], flags: 0 };
const setters = {
  virDomainSetMemoryParameters: () => limitHandlers.DomainSetMemoryParameters(call, none),
  virDomainSetBlkioParameters: () => limitHandlers.DomainSetBlkioParameters(call, none),
  virDomainSetNumaParameters: () => limitHandlers.DomainSetNumaParameters(call, none),
  virDomainSetInterfaceParameters: () =>
    limitHandlers.DomainSetInterfaceParameters(call, { ...none, device: 'vnet0' }),
};

test.each(Object.entries(setters))('%s without parameters is refused', async (name, set) => {
  const words = `params in ${name} must not be NULL`;
  await expect(Promise.resolve().then(set)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    detail: words,
  });
});

test('an interface has its name on the host, or its address, and not its name in the container', async () => {
  const get = async (device: string) =>
    limitHandlers.DomainGetInterfaceParameters(call, { domain, device, most: 7, flags: 0 });
  await get('vnet0');
  await get('52:54:00:00:00:01');
  expect(calls).toEqual(['vnet0', '52:54:00:00:00:01']);
  const refused = { code: 'INVALID_ARG', detail: "invalid path, 'eth0' is not a known interface" };
  await expect(get('eth0')).rejects.toMatchObject(refused);
  const rate = { field: 'inbound.average', value: { type: parameterTypes.uint, value: 1 } };
  const set = limitHandlers.DomainSetInterfaceParameters;
  await expect(
    (async () => set(call, { domain, device: 'eth0', parameters: [rate], flags: 0 }))(),
  ).rejects.toMatchObject(refused);
  expect(calls).toHaveLength(2);
});

const { unsignedHyper, hyper } = parameterTypes;
const schedule = async (field: string, type: 3 | 4, value: bigint): Promise<unknown> =>
  limitHandlers.DomainSetSchedulerParametersFlags(call, {
    ...none,
    parameters: [{ field, value: { type, value } }],
  });

test.each([
  // What virsh makes of cpu_shares=-1.
  [
    'cpu_shares',
    unsignedHyper,
    2n ** 64n - 1n,
    "shares '18446744073709551615' must be in range [2, 262144]",
  ],
  [
    'vcpu_period',
    unsignedHyper,
    2n ** 53n + 1n,
    "cfs_period '9007199254740993' must be in range (1000, 1000000)",
  ],
  [
    'vcpu_quota',
    hyper,
    2n ** 63n - 1n,
    "cfs_quota '9223372036854775807' must be in range (1000, 17592186044415)",
  ],
  ['vcpu_quota', hyper, 999n, "cfs_quota '999' must be in range (1000, 17592186044415)"],
] as const)(
  '%s beyond its range is refused with every digit of it',
  async (...[field, type, value, detail]) => {
    await expect(schedule(field, type, value)).rejects.toMatchObject({
      code: 'INVALID_ARG',
      detail,
    });
    expect(calls).toEqual([]);
  },
);

test('a quota below 0, however far, is none', async () => {
  await schedule('vcpu_quota', hyper, -(2n ** 63n));
  expect(calls).toEqual([{ quota: 'unlimited' }]);
});
