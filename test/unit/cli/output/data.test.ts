/** What is printed as data: exact, and nothing in it that could steer a terminal. */
import { escapedJson } from '../../../../lib/printable';
import { showsData, showsDataLine } from '../../../../lib/cli/output/data';
import { Output } from '../../../../lib/cli/output/output';
import { Options } from '../../../../lib/cli/shell/arguments';

function shown(show: typeof showsData, data: unknown, format = 'json'): [boolean, string] {
  let text = '';
  const output = new Output(
    { write: (more) => (text += String(more)) },
    { write: () => undefined },
    'normal',
  );
  const isShown = show(output, new Options(new Map([['format', format]])), data);
  return [isShown, text];
}

test('data is printed where it is asked for, all at once or as one line of several', () => {
  const data = { name: 'web', bytes: 2n ** 63n };
  expect(shown(showsData, data)).toEqual([
    true,
    '{\n  "name": "web",\n  "bytes": "9223372036854775808"\n}\n',
  ]);
  expect(shown(showsDataLine, data)).toEqual([
    true,
    '{"name":"web","bytes":"9223372036854775808"}\n',
  ]);
  expect(shown(showsData, data, 'text')).toEqual([false, '']);
  expect(shown(showsDataLine, data, 'text')).toEqual([false, '']);
});

test.each([
  ['\u001b]0;title\u0007', '"\\u001b]0;title\\u0007"'],
  ['\u009b31m', '"\\u009b31m"'],
  ['\u202etxt\u2028', '"\\u202etxt\\u2028"'],
  ['a\r\n\t\u007f', '"a\\r\\n\\t\\u007f"'],
  ['grüße 😀', '"grüße 😀"'],
])('%j can steer no terminal, and is read as it was', (text, printed) => {
  const [, line] = shown(showsDataLine, text);
  expect(line).toBe(`${printed}\n`);
  expect(JSON.parse(line)).toBe(text);
  expect(JSON.parse(escapedJson(JSON.stringify([text], undefined, 2)))).toEqual([text]);
});
