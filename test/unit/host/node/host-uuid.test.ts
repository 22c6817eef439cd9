/** The uuid of the host: its firmware's, or one that its machine id always gives. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHostUuid } from '../../../../lib/host/node/host-uuid';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const id = '0123456789abcdef0123456789abcdef';
const firmwareUuid = '4C4C4544-0042-3510-8053-B4C04F4E3132';

function uuidWith(files: { readonly firmware?: string; readonly machineId?: string }) {
  const folder = scratchDirectory();
  const places = { firmware: join(folder, 'firmware'), machineId: join(folder, 'machineId') };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  return readHostUuid(places);
}

test('the firmware’s uuid comes first', () => {
  expect(uuidWith({ firmware: firmwareUuid, machineId: id })).toBe(firmwareUuid.toLowerCase());
});

test('without one, the machine id gives one that is always the same, and does not show the id', () => {
  // As `systemd-id128 machine-id --app-specific=9b6f1c0fd5a04f7c8f0e2f1f6f4a7d53` says for this id.
  const derived = '46544596-20d1-4796-a60c-40d1a183cf61';
  expect(uuidWith({ machineId: id })).toBe(derived);
  expect(uuidWith({ firmware: '00000000-0000-0000-0000-000000000000', machineId: id })).toBe(
    derived,
  );
  expect(uuidWith({ firmware: 'Not Settable', machineId: id })).toBe(derived);
  expect(uuidWith({ machineId: id.replace('0', 'f') })).not.toBe(derived);
});

test.each([
  ['neither is there', {}],
  ['the machine has no id yet', { machineId: 'uninitialized' }],
  ['the firmware has a filler', { firmware: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' }],
])('there is none if %s', (_title, files) => {
  expect(uuidWith(files)).toBeUndefined();
});
