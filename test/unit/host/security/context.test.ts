/** SELinux contexts as text. */
import {
  formatContext,
  pairOf,
  parseContext,
  parseRange,
  withRange,
} from '../../../../lib/host/security/context';

test('a context is its four parts, and back', () => {
  const text = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023';
  const context = parseContext(text);
  expect(context).toEqual({
    user: 'unconfined_u',
    role: 'unconfined_r',
    type: 'unconfined_t',
    range: 's0-s0:c0.c1023',
  });
  expect(formatContext(context)).toBe(text);
  expect(formatContext(parseContext('user_u:role_r:type_t'))).toBe('user_u:role_r:type_t');
});

test.each(['', 'a', 'a:b', 'a:b:', ':b:c:s0', 'a:b:c:', 'a:b:c d:s0', 'a:b:c:s0 ', 'a:b:c:s0\0'])(
  '%j is no context',
  (text) => {
    expect(() => parseContext(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARG' }) as Error,
    );
  },
);

test('a range is a level or two', () => {
  const low = { sensitivity: 's0', categories: [] };
  expect(parseRange('s0')).toEqual({ low, high: low });
  expect(parseRange('s0-s15:c9,c1,c3.c5')).toEqual({
    low,
    high: { sensitivity: 's15', categories: [1, 3, 4, 5, 9] },
  });
  expect(parseRange('s1:c2,c2').low.categories).toEqual([2]);
});

test.each([
  ...['', 's0:', 's0:c', 's0:1', 's0:c1,', 's0:c1..c2', 's0:c1.c2.c3', 's0:c5.c3', 's0:c?,c?'],
  ...['s0-', '-s0', 's0-s1-s2', '0:c1', 's0:c0.c99999999', 's0:c1:c2'],
])('%j is no range', (text) => {
  expect(() => parseRange(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARG' }) as Error);
});

test('another range leaves user, role and type', () => {
  expect(withRange('system_u:system_r:container_t:s0:c3', 's0:c1,c2')).toBe(
    'system_u:system_r:container_t:s0:c1,c2',
  );
});

test.each([
  ['u:r:t:s0:c1,c2', [1, 2]],
  ['u:r:t:s0:c803,c12', [12, 803]],
  ['u:r:t:s0:c1.c2', [1, 2]],
  ['u:r:t:s0-s0:c1,c2', [1, 2]],
  ['u:r:t:s0', undefined],
  ['u:r:t', undefined],
  ['u:r:t:s0:c1', undefined],
  ['u:r:t:s0:c1.c3', undefined],
])('the two categories of %s are %j', (context, pair) => {
  expect(pairOf(context)).toEqual(pair);
});
