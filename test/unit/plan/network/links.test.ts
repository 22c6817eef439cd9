/** What interfaces are called inside: as libvirt counts, and never two alike. */
import type { DomainDefinition } from '../../../../lib/domain/definition';
import { guestNames } from '../../../../lib/plan/network/links';

/** `undefined` for an interface without `<guest dev>`. */
function namesOf(guests: readonly (string | undefined)[], lent: readonly string[] = []): string[] {
  return guestNames({
    interfaces: guests.map((guestDevice) => ({ guestDevice })),
    hostInterfaces: lent.map((device) => ({ device })),
  } as unknown as DomainDefinition);
}

test.each([
  ['none', [], []],
  ['unnamed ones are counted', [undefined, undefined, undefined], ['eth0', 'eth1', 'eth2']],
  [
    'named ones are not counted',
    ['lan0', undefined, 'lan1', undefined],
    ['lan0', 'eth0', 'lan1', 'eth1'],
  ],
  [
    'a name that a later one has is left out',
    [undefined, 'eth0', undefined],
    ['eth1', 'eth0', 'eth2'],
  ],
  ['several are left out', ['eth1', 'eth0', undefined], ['eth1', 'eth0', 'eth2']],
])('%s', (_, guests, names) => {
  expect(namesOf(guests)).toEqual(names);
});

test('what the host lends keeps its name', () => {
  expect(namesOf([undefined, undefined], ['eth0'])).toEqual(['eth1', 'eth2']);
});
