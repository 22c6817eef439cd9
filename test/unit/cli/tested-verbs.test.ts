/** Each verb and each of its options is run by a test against something real: a container, a network, a definition, the host. */
import { commandsWith, verbNames } from '../../../lib/cli/shell/verbs';
import { usage } from '../../../lib/cli/commands/host/help';
import type { Option } from '../../../lib/cli/shell/arguments';
import type { Command } from '../../../lib/cli/shell/command';
import { commandUses, usesIn } from '../../support/source/command-uses';
import type { CommandUse, Word } from '../../support/source/command-uses';

/** What no test can do, and why. */
const never: Readonly<Record<string, string>> = {
  nodesuspend: 'it would put the machine of the tests to sleep',
};

/** Flags that may be refused for the domain that they are given for; of others, only what takes a value may be. */
const failing = ['config', 'live', 'current', 'persistent'];

/** Verbs with a flag of that name that chooses what is listed. */
const listing = ['list', 'net-list', 'pool-list'];

interface Parsed {
  readonly options: ReadonlySet<string>;
  readonly outcome: CommandUse['outcome'];
}

const uses = commandUses();

/** Letters of the options before the verb that take a value. */
const valued = 'cdekKl';

/** Where the verb is. */
function verbIndex(words: readonly Word[]): number {
  let index = 0;
  for (; words[index]?.startsWith('-') === true; index += 1) {
    const word = words[index] ?? '';
    const takesValue =
      /^--(connect|root|log)$/.test(word) ||
      (/^-\w$/.test(word) && valued.includes(word.charAt(1)));
    if (takesValue) index += 1;
  }
  return index;
}

/** The options that a use gives, as the command's parser would find them. */
function optionsOf(words: readonly Word[], table: readonly Option[]): Set<string> {
  const given = new Set<string>();
  const positional = table.filter((option) => option.positional !== undefined);
  let isData = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const [, name, attached] = /^--([a-z-]+)(=)?/.exec(word ?? '') ?? [];
    const option = table.find(
      (one) => one.name === name || (one.letter !== undefined && word === `-${one.letter}`),
    );
    if (!isData && word === '--') isData = true;
    else if (!isData && option !== undefined) {
      given.add(option.name);
      if (option.kind !== 'flag' && attached === undefined) index += 1;
    } else {
      const free = positional.find((one) => one.kind === 'strings' || !given.has(one.name));
      if (free !== undefined) given.add(free.name);
      if (free?.kind === 'words') break;
    }
  }
  return given;
}

function usesOf(verb: string, { options }: Command): Parsed[] {
  return uses.flatMap(({ words, outcome }) => {
    const index = verbIndex(words);
    if (words[index] !== verb) return [];
    return [{ options: optionsOf(words.slice(index + 1), options), outcome }];
  });
}

/** What of a verb no test runs. */
function untested(verb: string, command = commandsWith(verb)?.[verb]): string[] {
  if (command === undefined || command.visibility === 'unlisted') return [];
  const found = usesOf(verb, command);
  const missing = (what: string, outcome: CommandUse['outcome'], name?: string): string[] => {
    const fits = (one: Parsed): boolean =>
      one.outcome === outcome && (name === undefined || one.options.has(name));
    return found.some(fits) ? [] : [`${what}: ${outcome}`];
  };
  const ofOptions = command.options.flatMap(({ name, kind, refused }) => {
    const what = `${verb} --${name}`;
    if (refused !== undefined) return missing(what, 'refused', name);
    const fails = kind !== 'flag' || (failing.includes(name) && !listing.includes(verb));
    const runs = verb in never ? [] : missing(what, 'run', name);
    return [...runs, ...(fails ? missing(what, 'refused', name) : [])];
  });
  return [
    ...(verb in never ? [] : missing(verb, 'run')),
    ...missing(verb, 'refused'),
    ...ofOptions,
  ];
}

test('each verb and option is run by a test with something real, and fails in one', () => {
  expect(verbNames.flatMap((verb) => untested(verb))).toEqual([]);
});

test('what no test runs is named', () => {
  const command = commandsWith('list')?.['list'] as Command;
  const more: readonly Option[] = [
    { name: 'colour', kind: 'string', help: '' },
    { name: 'config', kind: 'flag', help: '' },
  ];
  const options = [...command.options, ...more];
  expect(untested('list', { ...command, options })).toEqual([
    'list --colour: run',
    'list --colour: refused',
    'list --config: run',
  ]);
  expect(untested('ls', command)).toContain('ls: run');
});

test('each option before the verb is given in a test', () => {
  const letters = [...usage().matchAll(/^ {4}-(\w) /gm)].map(([, letter = '']) => letter);
  const isGiven = (letter: string): boolean =>
    uses.some(({ words }) =>
      words
        .slice(0, verbIndex(words))
        .some((word) => new RegExp(`^-[a-zA-Z]*${letter}`).test(word ?? '')),
    );
  expect(letters).toContain('q');
  expect(letters.filter((letter) => !isGiven(letter))).toEqual([]);
});

const source = (body: string): string =>
  `import { runCommand } from '../support/process/run-command';\n${body}`;

test.each<[string, string, readonly (readonly Word[])[]]>([
  ['a call', "await runCommand(['list', '--all'], { root });", [['list', '--all']]],
  ['a name', "await runCommand(['start', name], { root });", [['start', undefined]]],
  ['an option with a value', 'await runCommand([`logs`, `--lines=${n}`]);', [['logs', '--lines=']]],
  [
    'a constant',
    "const words = ['list'] as const;\nawait runCommand([...words, '--id']);",
    [['list', '--id']],
  ],
  [
    'a function that hands words on',
    "const tslxc = (...words: string[]) => runCommand(words, { root });\nawait tslxc('suspend', 'web');",
    [['suspend', 'web']],
  ],
  [
    'one with words of its own',
    "function net(verb: string, ...rest: string[]) { return runCommand(['-q', verb, 'lab', ...rest]); }\n" +
      "await net('net-start');\nawait net('net-info', '--x');",
    [
      ['-q', 'net-start', 'lab'],
      ['-q', 'net-info', 'lab', '--x'],
    ],
  ],
  ['several in one word', "await runCommand(['uri; list --all']);", [['uri'], ['list', '--all']]],
  [
    'a line',
    "await says(`start ${name} --strict`, 'a b');",
    [['start', undefined, '--strict', 'a b']],
  ],
  [
    'a row of refusals',
    "await refusesEach([['list x', 'unexpected'], [`domid ${name}`, 'no']]);",
    [
      ['list', 'x'],
      ['domid', undefined],
    ],
  ],
  [
    'what a shell reads',
    "await spawnCommand(['-q'], { root, input: 'cd /tmp\\npwd; quit' });",
    [['-q'], ['cd', '/tmp'], ['pwd'], ['quit']],
  ],
  [
    'a function that hands a line on',
    "const names = async (line: string) => (await says(line)).split('\\n');\nawait names('list ' + '--id');",
    [['list', '--id']],
  ],
  ['a mention', "const words = ['list'];\nexpect(words).toEqual(['list']);", []],
  ['a row of a table', "test.each([['list']])('%s', (...words) => void runCommand(words));", [[]]],
])('%s is read', (_what, body, words) => {
  expect(usesIn('x.test.ts', source(body)).map((use) => use.words)).toEqual(words);
});

test.each<[string, CommandUse['outcome']]>([
  ["expect(await runCommand(['list'])).toMatchObject({ code: 1, stderr: '' });", 'refused'],
  ["expect(await runCommand(['list'])).toMatchObject({ code: 0 });", 'run'],
  ["expect((await runCommand(['list'])).code).toBe(125);", 'refused'],
  ["expect((await runCommand(['list'])).stdout).toBe('1');", 'run'],
  ["await refuses('list --x');", 'refused'],
  ["await says('list');", 'run'],
  ["await refusesEach([['list x', 'unexpected data']]);", 'refused'],
])('%s', (body, outcome) => {
  expect(usesIn('x.test.ts', source(body)).map((use) => use.outcome)).toEqual([outcome]);
});

test('a file that does not run the command has no uses', () => {
  expect(usesIn('x.test.ts', "await runCommand(['list']);")).toEqual([]);
});
