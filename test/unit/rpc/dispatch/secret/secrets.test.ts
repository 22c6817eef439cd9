/** Calls about secrets, by the real library on a root in a folder. */
import { uuidBytes } from '../../../../../lib/rpc/dispatch/base/uuid';
import { secretHandlers } from '../../../../../lib/rpc/dispatch/secret/secrets';
import { FakeHost } from '../../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { callOn } from '../fake-call';

removeScratchAfterEach();

const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';
const secret = { uuid: uuidBytes(uuid), usageType: 3, usage: 'iqn' };
const xml = `<secret><uuid>${uuid}</uuid><usage type='iscsi'><target>iqn</target></usage></secret>`;

async function defined() {
  const call = callOn(new FakeHost(scratchDirectory()).connect());
  expect(await secretHandlers.SecretDefineXML(call, { xml, flags: 0 })).toEqual({ secret });
  return call;
}

test('a secret is found by its uuid, and by what it is for', async () => {
  const call = await defined();
  expect(await secretHandlers.SecretLookupByUUID(call, { uuid: secret.uuid })).toEqual({ secret });
  const byUsage = (usageType: number) =>
    secretHandlers.SecretLookupByUsage(call, { usageType, usage: 'iqn' });
  expect(await byUsage(3)).toEqual({ secret });
  for (const type of [0, 1, 6, -1]) {
    await expect(byUsage(type)).rejects.toMatchObject({ code: 'NO_SECRET' });
  }
  expect(await secretHandlers.ConnectListSecrets(call, { most: 5 })).toEqual({ uuids: [uuid] });
});

test('its value is bytes', async () => {
  const call = await defined();
  const value = Buffer.from([0, 255, 10]);
  await secretHandlers.SecretSetValue(call, { secret, value, flags: 0 });
  expect(await secretHandlers.SecretGetValue(call, { secret, flags: 0 })).toEqual({ value });
  await secretHandlers.SecretUndefine(call, { secret });
  expect(await secretHandlers.ConnectNumOfSecrets(call, {})).toEqual({ count: 0 });
});

test.each([
  [0, 2],
  [1, 1],
  [2, 1],
  [1 + 2, 2],
  [4, 1],
  [8, 1],
  [4 + 8, 2],
  [1 + 4, 1],
  [2 + 4, 0],
  [2 + 8, 1],
])(
  'of one secret, and one that is ephemeral and private, the flags %i list %i',
  async (flags, count) => {
    const call = await defined();
    const own = "<secret ephemeral='yes' private='yes'/>";
    await secretHandlers.SecretDefineXML(call, { xml: own, flags: 0 });
    const found = await secretHandlers.ConnectListAllSecrets(call, { needsResults: 1, flags });
    expect([found.secrets.length, found.count]).toEqual([count, count]);
  },
);

test('a flag that is not known is refused', async () => {
  const call = await defined();
  await expect(secretHandlers.SecretGetXMLDesc(call, { secret, flags: 1 })).rejects.toThrow(
    'unsupported flags (0x1) in function secretGetXMLDesc',
  );
});
