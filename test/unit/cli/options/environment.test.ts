/** `-e NAME=VALUE`. */
import { environmentOf } from '../../../../lib/cli/options/environment';

test('a name alone has the value that it has here, and is left out where it has none', () => {
  const own = { HOME: '/root', EMPTY: '' };
  expect(environmentOf(['HOME', 'EMPTY', 'NONE', 'A=b=c', 'constructor'], own)).toEqual({
    HOME: '/root',
    EMPTY: '',
    A: 'b=c',
  });
});

test.each(['=x', ''])("'%s' is refused", (word) => {
  expect(() => environmentOf([word], {})).toThrow(`'${word}' for <env> option is not NAME=VALUE`);
});
