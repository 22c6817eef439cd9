/** What a run of the tests is asked for, and what it refuses to begin with. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Asked {
  readonly tier: string;
  readonly files: readonly string[];
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { readArguments } = require(join(packageRoot, 'scripts/test-arguments.js')) as {
  readArguments: (words: readonly string[], environment?: object) => Asked;
};

const [one, other] = ['test/clients/python.test.ts', 'test/clients/seed-hello.test.ts'];

test('a tier is chosen by its option, and some of its files by their names', () => {
  expect(readArguments([])).toEqual({ tier: 'test', files: [] });
  expect(readArguments(['--more'])).toEqual({ tier: 'more', files: [] });
  expect(readArguments(['--clients', one, other])).toEqual({
    tier: 'clients',
    files: [one, other],
  });
});

test.each([[[one]], [['--more', one]]])('%j: a tier that is run whole takes no files', (words) => {
  expect(() => readArguments(words)).toThrow(`only test:long and test:clients take files: ${one}`);
});

test.each(['test', 'more', 'long', 'parity', 'clients'])(
  'no run of the whole tier %s rewrites golden files',
  (tier) => {
    const words = [`--${tier}`];
    expect(() => readArguments(words, { UPDATE_GOLDEN: '1' })).toThrow('UPDATE_GOLDEN is set');
    expect(readArguments(words, {})).toEqual({ tier, files: [] });
  },
);

test('files that are named may', () => {
  const words = ['--long', 'test/long/web-console.test.ts'];
  expect(readArguments(words, { UPDATE_GOLDEN: '1' })).toMatchObject({ tier: 'long' });
});
