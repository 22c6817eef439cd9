/** Sets of CPUs and memory nodes: libvirt's notation in, the kernel's out, up to the highest number of each. */
import {
  canonicalNumberSet,
  missingNumbers,
  unitedNumbers,
} from '../../../../lib/domain/xml/number-set';

test.each([
  ['3,1,0', '0-1,3'],
  ['0-3,^2', '0-1,3'],
  [' 0 - 1 ,8', '0-1,8'],
  ['5-5', '5'],
  ['16383', '16383'],
  ['16382-16383', '16382-16383'],
])('%j is %s', (text, expected) => {
  expect(canonicalNumberSet(text)).toBe(expected);
});

test.each(['', ',', '1-', '3-2', '1,3-2', '^1', '1,^1', '0x1', '16384', '0-16384', '99999', '1;2'])(
  '%j is no set',
  (text) => {
    expect(canonicalNumberSet(text)).toBeUndefined();
  },
);

test('what one set has and another lacks, and both together', () => {
  expect(missingNumbers('0-3,16383', '1-2')).toEqual([0, 3, 16_383]);
  expect(missingNumbers('1', '0-3')).toEqual([]);
  expect(unitedNumbers('0-1,8', '2')).toBe('0-2,8');
});
