/** What the tests need of Debian and of libvirt: all that a tier uses is brought, and no browser for those that open none. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { needsOf, runsKit } = require(join(packageRoot, 'scripts/lanes.js')) as {
  needsOf: (tier: string, files?: readonly string[]) => string[];
  runsKit: (tier: string, files?: readonly string[]) => boolean;
};

function browsingFiles(): string[] {
  return readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((file) => /^import .* from '.*\/browser\/browser';$/m.test(text(file)));
}

function text(file: string): string {
  return readFileSync(join(packageRoot, file), 'utf8');
}

test('a browser is brought for the tests that use one', () => {
  const files = browsingFiles();
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !file.startsWith('test/long/'))).toEqual([]);
  expect(files.map((file) => needsOf('long', [file]))).toEqual(
    files.map(() => ['long', 'browser']),
  );
  expect(needsOf('long')).toEqual(['long', 'browser']);
});

test('and for no others, as for the slice of deaths that continuous integration tries', () => {
  const sweeps = ['test/long/deaths.test.ts', 'test/long/caller-deaths.test.ts'];
  expect(needsOf('long', sweeps)).toEqual(['long']);
  expect(['test', 'more', 'parity', 'clients'].map((tier) => needsOf(tier))).toEqual([
    ['test'],
    ['test'],
    ['long'],
    ['clients'],
  ]);
});

test('libvirt’s compatibility kit is fetched for the tests that run its scripts', () => {
  const kit = 'test/clients/compatibility-kit.test.ts';
  expect(existsSync(join(packageRoot, kit))).toBe(true);
  expect(['test', 'more', 'long', 'parity', 'clients'].filter((tier) => runsKit(tier))).toEqual([
    'parity',
    'clients',
  ]);
  expect(runsKit('clients', ['test/clients/python.test.ts'])).toBe(false);
  expect(runsKit('clients', ['test/clients/python.test.ts', kit])).toBe(true);
});
