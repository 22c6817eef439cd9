/** The words after the verb, by virsh's rules and in virsh's words. */
import { parseArguments } from '../../../../lib/cli/shell/arguments';
import type { Option } from '../../../../lib/cli/shell/arguments';

const options: readonly Option[] = [
  { name: 'domain', kind: 'string', help: '', positional: 'required' },
  { name: 'file', kind: 'string', help: '', positional: 'optional' },
  { name: 'console', kind: 'flag', help: '' },
  { name: 'console-fd', kind: 'number', help: '' },
];

const names = options.map(({ name }) => name);

function values(words: readonly string[]): Record<string, string | true> {
  const { options: parsed } = parseArguments('start', { options }, words);
  const given = names.filter((name) => parsed.has(name));
  return Object.fromEntries(given.map((name) => [name, parsed.string(name) ?? true]));
}

test.each<[readonly string[], Record<string, string | true>]>([
  [['web'], { domain: 'web' }],
  [['--domain', 'web'], { domain: 'web' }],
  [['--domain=web'], { domain: 'web' }],
  [['--domain=a=b'], { domain: 'a=b' }],
  [['--domain', '--console'], { domain: '--console' }],
  [['--console', 'web'], { domain: 'web', console: true }],
  [['web', '--console-fd', '27'], { domain: 'web', 'console-fd': '27' }],
  [['web', 'x.xml'], { domain: 'web', file: 'x.xml' }],
  [['--domain', 'web', 'x.xml'], { domain: 'web', file: 'x.xml' }],
  [['--file', 'x.xml', 'web'], { domain: 'web', file: 'x.xml' }],
  [['--', '--console'], { domain: '--console' }],
  [['-q'], { domain: '-q' }],
  [['-'], { domain: '-' }],
  [['---'], { domain: '---' }],
  [[''], { domain: '' }],
])('%j means %j', (words, expected) => {
  expect(values(words)).toEqual(expected);
});

test.each<[readonly string[], string]>([
  [[], "command 'start' requires <domain> option"],
  [['--console'], "command 'start' requires <domain> option"],
  [['web', '--bogus'], "command 'start' doesn't support option --bogus"],
  [['web', '--bogus=1'], "command 'start' doesn't support option --bogus"],
  [['web', '--console=1'], "invalid '=' after option --console"],
  [['web', '--console', '--console'], 'option --console already seen'],
  [['web', '--domain', 'db'], 'option --domain already seen'],
  [['web', 'a', 'b'], "unexpected data 'b'"],
  [['web', '--file'], 'expected syntax: --file <string>'],
  [['web', '--console-fd'], 'expected syntax: --console-fd <number>'],
])('%j is refused: %s', (words, message) => {
  expect(() => values(words)).toThrow(message);
});

test('--help wins over everything that is missing', () => {
  expect(parseArguments('start', { options }, ['--help']).wants).toBe('help');
});

test.each(['x', '-1', '1.5', '', '0x10', '99999999999'])('%j is no number', (text) => {
  const { options: parsed } = parseArguments('start', { options }, ['web', `--console-fd=${text}`]);
  expect(() => parsed.number('console-fd')).toThrow(
    `Numeric value '${text}' for <console-fd> option is malformed or out of range`,
  );
});

test('two exclusive options are refused by name', () => {
  const { options: parsed } = parseArguments('start', { options }, ['web', 'f', '--console']);
  expect(() => parsed.exclusive('file', 'console')).toThrow(
    'Options --file and --console are mutually exclusive',
  );
  expect(() => parsed.exclusive('file', 'console-fd')).not.toThrow();
});
