/** Which bridge a network gets, and what it is refused for before anything is made or on record. */
import { chooseBridge } from '../../../../lib/network/bridge/choice';
import { linkNames, subnetsInUse } from '../../../../lib/network/bridge/host-use';
import { activeNetwork } from '../active';

jest.mock('../../../../lib/network/bridge/host-use');

const ip = "<ip address='192.168.7.1' prefix='24'/>";

beforeEach(() => {
  jest.mocked(linkNames).mockResolvedValue(['lo', 'virbr1']);
  jest
    .mocked(subnetsInUse)
    .mockResolvedValue([
      { kind: 'address', family: 'ipv4', address: '192.168.7.1', prefix: 24, device: 'virbr1' },
    ]);
});

test('a bridge name that the host has is refused first: a start that went on would record it as its own', async () => {
  const { definition } = activeNetwork(`<bridge name='virbr1'/>${ip}`);
  await expect(chooseBridge(definition, [])).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: "operation failed: bridge name 'virbr1' already in use.",
  });
});

test('a subnet that the host has is refused, naming its interface', async () => {
  const { definition } = activeNetwork(`<bridge name='virbr2'/>${ip}`);
  await expect(chooseBridge(definition, [])).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('already in use by interface virbr1') as string,
  });
});

test('without a name it is the first that neither the host nor another network has', async () => {
  const { definition } = activeNetwork('');
  const chosen = await chooseBridge(definition, ['virbr0', 'virbr2']);
  expect(chosen.bridge.name).toBe('virbr3');
});
