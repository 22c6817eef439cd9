/** Words and commands of a command string, by the rules of libvirt's shell. */
import { splitCommands, splitUnfinished } from '../../../../lib/cli/shell/command-string';

test.each<[text: string, commands: string[][]]>([
  ['', []],
  ['  \t ', []],
  ['uri', [['uri']]],
  ['uri; list', [['uri'], ['list']]],
  ['uri;list --all;', [['uri'], ['list', '--all']]],
  [';; ;uri', [['uri']]],
  ['uri\nlist\n', [['uri'], ['list']]],
  ['# nothing but this', []],
  ['uri # the rest; is none\nlist', [['uri'], ['list']]],
  ['desc web a#b', [['desc', 'web', 'a#b']]],
  ["desc web 'two words'", [['desc', 'web', 'two words']]],
  ['desc web "two words"', [['desc', 'web', 'two words']]],
  [`desc web "it's"`, [['desc', 'web', "it's"]]],
  [`desc web 'say "x"'`, [['desc', 'web', 'say "x"']]],
  [String.raw`desc web two\ words`, [['desc', 'web', 'two words']]],
  [String.raw`desc web "a \"b\" \\ c"`, [['desc', 'web', String.raw`a "b" \ c`]]],
  [String.raw`desc web 'a \ b'`, [['desc', 'web', String.raw`a \ b`]]],
  ["desc web ''", [['desc', 'web', '']]],
  [`echo a'b 'c"d "e`, [['echo', 'ab cd e']]],
  ['echo "a;b#c\nd"', [['echo', 'a;b#c\nd']]],
  ['echo \\;', [['echo', ';']]],
  ['list \\\n --all', [['list', '--all']]],
  ['li\\\nst', [['list']]],
  // As libvirt, an open ' ends with the text.
  ["desc web 'open", [['desc', 'web', 'open']]],
])('%j', (text, commands) => {
  expect(splitCommands(text)).toEqual(commands);
});

test('there may be any number of blanks', () => {
  expect(splitCommands(`uri${' '.repeat(10_000_000)}\\\n--x`)).toEqual([['uri', '--x']]);
});

test.each<[text: string, message: string]>([
  ['desc web "open', 'missing "'],
  ['uri; desc web \\', 'dangling \\'],
])('%j is refused: %s', (text, message) => {
  expect(() => splitCommands(text)).toThrow(message);
});

test.each<[text: string, words: string[], last: string, start: number, quote?: string]>([
  ['', [], '', 0],
  ['li', [], 'li', 0],
  ['start ', ['start'], '', 6],
  ['start we', ['start'], 'we', 6],
  ['uri; start we', ['start'], 'we', 11],
  ['uri;', [], '', 4],
  ['start "two w', ['start'], 'two w', 6, '"'],
  ["start two' w", ['start'], 'two w', 6, "'"],
  ["start 'two' w", ['start', 'two'], 'w', 12],
  [String.raw`start two\ w`, ['start'], 'two w', 6],
  ['start web\\', ['start'], 'web', 6],
])('of the unfinished %j', (text, ...[words, last, start, quote]) => {
  expect(splitUnfinished(text)).toEqual({ words, last, start, quote });
});

test('a comment has nothing to complete', () => {
  expect(splitUnfinished('uri # li')).toBeUndefined();
});
