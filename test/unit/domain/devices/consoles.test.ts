/** How many consoles a container may have. */
import { checkStartable } from '../../../../lib/domain/validate';
import { document, parse } from '../parse-context';

/** A definition with so many. */
const withConsoles = (count: number) =>
  parse(document({ devices: '<console/>'.repeat(count - 1) }));

test('as many consoles may be started as there are descriptors in one message', () => {
  expect(() => checkStartable(withConsoles(253))).not.toThrow();
});

test('one more is refused in words, with the place of the devices', () => {
  expect(() => checkStartable(withConsoles(254))).toThrow(
    'unsupported configuration: 254 consoles are more than a container can have, which is 253 (domain/devices, line 6, column 3)',
  );
});
