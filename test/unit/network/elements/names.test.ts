/** lib/network/elements/names.ts: the name of a bridge that a definition leaves open. */
import { freeBridgeName } from '../../../../lib/network/elements/names';

test('the lowest bridge name that no interface has', () => {
  expect(freeBridgeName(new Set())).toBe('virbr0');
  expect(freeBridgeName(new Set(['virbr0', 'virbr2', 'br0', 'virbr10']))).toBe('virbr1');
  expect(freeBridgeName(new Set(['virbr1', 'virbr0', 'virbr2']))).toBe('virbr3');
});
