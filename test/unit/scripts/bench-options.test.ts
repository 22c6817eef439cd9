/** The options of `npm run bench`. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Described {
  readonly title: string;
  readonly isLong?: boolean;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { helpText, readOptions } = require(join(packageRoot, 'scripts/bench/options.js')) as {
  helpText: (all: Record<'scenarios' | 'systems', Record<string, Described>>) => string[];
  readOptions: (words: readonly string[], known: object) => object;
};

const known = { scenarios: ['start', 'many'], systems: ['floor', 'lxc'] };
const read = (line: string): object => readOptions(line === '' ? [] : line.split(' '), known);

test('nothing is nothing chosen', () => {
  expect(read('')).toEqual({});
});

test('names are lists, and lists add up', () => {
  expect(read('--scenario start --scenario many --system floor,lxc --runs 7 --json out')).toEqual({
    scenarios: ['start', 'many'],
    systems: ['floor', 'lxc'],
    runs: 7,
    json: 'out',
  });
});

test('flags', () => {
  expect(read('--guard --save')).toEqual({ guard: true, save: true });
  expect(read('--guard --control')).toEqual({ guard: true, control: true });
  expect(read('--all --spawn-from-node')).toEqual({ all: true, spawnsFromNode: true });
});

test.each([
  ['--scenario stat', 'unknown: stat; there are start many'],
  ['--system floor,docker', 'unknown: docker; there are floor lxc'],
  ['--runs 0', '--runs takes a number from 1, and not 0'],
  ['--runs', '--runs takes a value'],
  ['--fast', 'unknown option --fast: see npm run bench -- --help'],
  ['--save', '--save goes with --guard'],
  ['--control', '--control goes with --guard'],
  ['--guard --save --control', '--save is not for a planted fault'],
])('%s is an error', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test('where only some options are, the others are unknown', () => {
  expect(() => readOptions(['--all'], { only: ['runs'] })).toThrow('unknown option --all');
  expect(readOptions(['--runs', '3'], { only: ['runs'] })).toEqual({ runs: 3 });
});

test('the help has every name with what it is', () => {
  const text = helpText({
    scenarios: { start: { title: 'a start' }, many: { title: '500', isLong: true } },
    systems: { floor: { title: 'the limit' } },
  }).join('\n');
  expect(text).toContain('  start        a start\n');
  expect(text).toContain('  many         500 (only by name or with --all)\n');
  expect(text).toContain('  floor        the limit\n');
});
