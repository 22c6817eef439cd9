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

test('bare words fill undocumented options too, in their order, and no flags', () => {
  const table: readonly Option[] = [
    { name: 'domain', kind: 'string', help: '', positional: 'required' },
    { name: 'loop', kind: 'flag', help: '' },
    { name: 'type', kind: 'string', help: '', positional: 'undocumented' },
    { name: 'format', kind: 'string', help: '' },
    { name: 'timeout', kind: 'number', help: '', positional: 'undocumented' },
  ];
  const { options: parsed } = parseArguments('event', { options: table }, ['web', '-', '7']);
  expect(table.map(({ name }) => parsed.string(name))).toEqual([
    'web',
    undefined,
    '-',
    undefined,
    '7',
  ]);
  expect(() => parseArguments('event', { options: table }, ['a', 'b', '7', 'd'])).toThrow(
    "unexpected data 'd'",
  );
});

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
])('%j means %j', (words, expected) => {
  expect(values(words)).toEqual(expected);
});

test.each<[readonly string[], string | RegExp]>([
  [[], "command 'start' requires <domain> option"],
  [['--console'], "command 'start' requires <domain> option"],
  [['web', '--bogus'], "command 'start' doesn't support option --bogus"],
  [['web', '--bogus=1'], "command 'start' doesn't support option --bogus"],
  [['web', '--console=1'], "invalid '=' after option --console"],
  [['web', '--console', '--console'], 'option --console already seen'],
  [['web', '--domain', 'db'], 'option --domain already seen'],
  [['web', 'a', 'b'], /unexpected data 'b'$/],
  [['web', 'a', '-c'], "unexpected data '-c'; did you mean --console or --console-fd?"],
  [['web', 'a', '-z'], /unexpected data '-z'$/],
  [['web', 'a', '-cc'], /unexpected data '-cc'$/],
  [['web', '--file'], 'expected syntax: --file <string>'],
  [['web', '--console-fd'], 'expected syntax: --console-fd <number>'],
])('%j is refused: %s', (words, message) => {
  expect(() => values(words)).toThrow(message);
});

const old: readonly Option[] = [
  {
    name: 'size',
    kind: 'string',
    help: '',
    positional: 'required',
    aliases: [{ name: 'kilobytes' }],
  },
  {
    name: 'mode',
    kind: 'string',
    help: '',
    aliases: [{ name: 'shareable', value: 'shareable' }],
  },
];

test.each<[readonly string[], Record<string, string>]>([
  [['--kilobytes', '4'], { size: '4' }],
  [['--kilobytes=4'], { size: '4' }],
  [['4', '--shareable'], { size: '4', mode: 'shareable' }],
])('%j are names of former times', (words, expected) => {
  const { options: parsed } = parseArguments('setmem', { options: old }, words);
  expect(Object.fromEntries(old.map(({ name }) => [name, parsed.string(name)]))).toEqual({
    mode: undefined,
    ...expected,
  });
});

test.each<[readonly string[], string]>([
  [['--kilobytes'], 'expected syntax: --size <string>'],
  [['--size', '4', '--kilobytes', '4'], 'option --size already seen'],
  [['4', '--shareable=x'], "invalid '=' after option --shareable"],
  [['4', '--shareable', '--mode', 'x'], 'option --mode already seen'],
])('%j of former times is refused: %s', (words, message) => {
  expect(() => parseArguments('setmem', { options: old }, words)).toThrow(message);
});

test('an option that may be given several times has all its values', () => {
  const repeated: readonly Option[] = [
    { name: 'env', kind: 'string', letter: 'e', repeatable: true, help: '' },
    { name: 'image', kind: 'string', help: '', positional: 'required' },
    { name: 'command', kind: 'words', help: '', positional: 'optional' },
  ];
  const words = ['--env', 'A=1', '--env=B=2', '-e', 'D', 'web', '--', 'sh', '--env', 'C'];
  const { options: parsed } = parseArguments('run', { options: repeated }, words);
  expect(parsed.strings('env')).toEqual(['A=1', 'B=2', 'D']);
  expect(parsed.strings('command')).toEqual(['sh', '--env', 'C']);
});

const several: readonly Option[] = [
  { name: 'domain', kind: 'string', help: '', positional: 'required' },
  { name: 'new-desc', kind: 'strings', help: '', positional: 'optional' },
  { name: 'cmd', kind: 'words', help: '' },
];

test('an option that takes several values may be given again for each, beside bare words, as in virsh', () => {
  const words = ['--new-desc', 'a', 'web', 'b', '--new-desc=c', '--new-desc', '--help', 'd'];
  const { options: parsed } = parseArguments('desc', { options: several }, words);
  expect(parsed.string('domain')).toBe('web');
  expect(parsed.strings('new-desc')).toEqual(['a', 'b', 'c', '--help', 'd']);
});

test.each(['new-desc', 'cmd'])('--%s without a value is told of in virsh’s words', (name) => {
  expect(() => parseArguments('desc', { options: several }, ['web', `--${name}`])).toThrow(
    new RegExp(`^expected syntax: --${name} <string>$`),
  );
});

test.each<[readonly string[], readonly string[]]>([
  [
    ['web', '--', 'sh', '-c', 'x', '--', 'y'],
    ['sh', '-c', 'x', '--', 'y'],
  ],
  [
    ['web', 'sh', '--', 'y'],
    ['sh', '--', 'y'],
  ],
  [
    ['web', '--', '--', 'y'],
    ['--', 'y'],
  ],
  [
    ['web', '--cmd', 'sh', '--', '--', 'y'],
    ['sh', '--', '--', 'y'],
  ],
])(
  'of %j only the first -- is the command line’s, and not when it comes after the command’s first word',
  (words, expected) => {
    const exec: readonly Option[] = [
      { name: 'domain', kind: 'string', help: '', positional: 'required' },
      { name: 'cmd', kind: 'words', help: '', positional: 'required' },
    ];
    const { options: parsed } = parseArguments('exec', { options: exec }, words);
    expect([parsed.string('domain'), parsed.strings('cmd')]).toEqual(['web', expected]);
  },
);

test('--help wins over everything that is missing', () => {
  expect(parseArguments('start', { options }, ['--help']).wants).toBe('help');
});

test.each(['x', '-1', '1.5', '', '0x10', '99999999999'])('%j is no number', (text) => {
  const { options: parsed } = parseArguments('start', { options }, ['web', `--console-fd=${text}`]);
  expect(() => parsed.number('console-fd')).toThrow(
    `Numeric value '${text}' for <console-fd> option is malformed or out of range`,
  );
});

test.each([
  ['2147483', 2_147_483],
  ['2147484', undefined],
  ['-1', undefined],
])('%s seconds that are awaited are %s: a timer ends at 2^31 milliseconds', (text, seconds) => {
  const { options: parsed } = parseArguments('start', { options }, ['web', `--console-fd=${text}`]);
  const read = () => parsed.seconds('console-fd');
  if (seconds !== undefined) expect(read()).toBe(seconds);
  else expect(read).toThrow(`Numeric value '${text}' for <console-fd> option is malformed`);
});

test.each<[string, number]>([
  ['-1', -1],
  ['-2147483648', -0x80000000],
  ['2147483647', 0x7fffffff],
])('%j is an integer', (text, expected) => {
  const { options: parsed } = parseArguments('start', { options }, ['web', `--console-fd=${text}`]);
  expect(parsed.integer('console-fd')).toBe(expected);
});

test.each(['-2147483649', '2147483648', '--1', '-', ''])('%j is no integer', (text) => {
  const { options: parsed } = parseArguments('start', { options }, ['web', `--console-fd=${text}`]);
  expect(() => parsed.integer('console-fd')).toThrow(
    `Numeric value '${text}' for <console-fd> option is malformed or out of range`,
  );
});

test('an empty value is refused when it is read, and taken of an option that may be empty', () => {
  const table: readonly Option[] = [
    ...options,
    { name: 'note', kind: 'string', help: '', mayBeEmpty: true },
    { name: 'word', kind: 'strings', help: '' },
  ];
  const words = ['', '--file=', '--note', '', '--word='];
  const { options: parsed } = parseArguments('start', { options: table }, words);
  expect(() => parsed.required('domain')).toThrow(
    "Failed to get option 'domain': Option argument is empty",
  );
  expect(() => parsed.string('file')).toThrow(
    "Failed to get option 'file': Option argument is empty",
  );
  expect([parsed.string('note'), parsed.required('note')]).toEqual(['', '']);
  expect(parsed.strings('word')).toEqual(['']);
  expect(parsed.has('file')).toBe(true);
});

test('a command that takes any options refuses an empty value too', () => {
  const command = { options: names.map(required), parsing: 'loose' } as const;
  const words = names.map((name) => `--${name}=`);
  const { options: parsed } = parseArguments('start', command, words);
  expect(() => parsed.required('domain')).toThrow('Option argument is empty');
});

function required(name: string): Option {
  return { name, kind: 'string', help: '', positional: 'required' };
}

test('two exclusive options are refused by name', () => {
  const { options: parsed } = parseArguments('start', { options }, ['web', 'f', '--console']);
  expect(() => parsed.exclusive('file', 'console')).toThrow(
    'Options --file and --console are mutually exclusive',
  );
  expect(() => parsed.exclusive('file', 'console-fd')).not.toThrow();
});

const lettered: readonly Option[] = [
  { name: 'detach', kind: 'flag', letter: 'd', help: '' },
  { name: 'publish', kind: 'string', letter: 'p', help: '' },
  { name: 'image', kind: 'string', help: '', positional: 'required', endsOptions: true },
  { name: 'command', kind: 'words', help: '', positional: 'optional' },
];

function given(...words: readonly string[]): readonly unknown[] {
  const { options: parsed } = parseArguments('run', { options: lettered }, words);
  const command = parsed.strings('command');
  return [parsed.has('detach'), parsed.string('publish'), parsed.string('image'), command];
}

test('letters can stand in one word, the last of which may take a value', () => {
  expect(given('-dp', '80:80', 'web')).toEqual([true, '80:80', 'web', []]);
  expect(given('-d', '-p', '80:80', 'web')).toEqual([true, '80:80', 'web', []]);
});

test('the value of a letter can stand in its word, with or without a =', () => {
  expect(given('-p80:80', 'web')).toEqual([false, '80:80', 'web', []]);
  expect(given('-p=80:80', 'web')).toEqual([false, '80:80', 'web', []]);
  expect(given('-dp8080', 'web')).toEqual([true, '8080', 'web', []]);
  expect(given('-pd', 'web')).toEqual([false, 'd', 'web', []]);
});

test.each([
  [['-p'], 'expected syntax: -p <string>'],
  [['-p1', '--publish', '2'], 'option --publish already seen'],
  [['-d', '-dp', '1'], 'option -d already seen'],
])('an error about %j names the letter if one was given', (words, message) => {
  expect(() => given(...words)).toThrow(message);
});

test.each(['-x', '-dx', '-x=1', '-it', '-x80:80', '-d=1'])(
  '%s is no option, and no image either',
  (word) => {
    expect(() => given(word, 'web')).toThrow(`command 'run' doesn't support option ${word}`);
  },
);

test('in front of a command, unknown letters are its own; behind -- they are data', () => {
  expect(given('web', '-x', '-d')).toEqual([false, undefined, 'web', ['-x', '-d']]);
  expect(given('web', '-dp', '1')).toEqual([false, undefined, 'web', ['-dp', '1']]);
  expect(given('--', '-x')).toEqual([false, undefined, '-x', []]);
});

test('behind such an image all words are the command, unless a -- says where that begins', () => {
  const command = ['--publish', '1', '-d'];
  expect(given('web', ...command)).toEqual([false, undefined, 'web', command]);
  expect(given('-d', 'web', ...command)).toEqual([true, undefined, 'web', command]);
  expect(given('web', '-d', '--', '-p')).toEqual([true, undefined, 'web', ['-p']]);
  expect(given('web', '-dp', '1', '--', 'sh')).toEqual([true, '1', 'web', ['sh']]);
  expect(given('web', '-p80:80', '--', '-d')).toEqual([false, '80:80', 'web', ['-d']]);
  expect(() => given('web', '-x1', '--', 'sh')).toThrow("doesn't support option -x1");
  expect(given('web', 'sh', '-c', 'x', '--', 'y')[3]).toEqual(['sh', '-c', 'x', '--', 'y']);
});

test('a verb without letters takes such a word as data, as virsh does', () => {
  expect(values(['-dx'])).toEqual({ domain: '-dx' });
});
