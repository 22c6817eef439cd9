/** The contract and the addon name the same functions, and each has its tests in this folder or in test/more/addon. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { packageRoot } from '../../lib/host/package-paths';

/** The functions that an interface of the contract declares. */
function declaredBy(file: string, head: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const body = (text.split(`export interface ${head} {`)[1] ?? '').split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name = '']) => name);
}

const declared = [
  ...declaredBy(
    'lib/host/native.ts',
    'Native extends MemoryCalls, QuotaCalls, SocketCalls, TreeCalls',
  ),
  ...declaredBy('lib/host/calls/memory-calls.ts', 'MemoryCalls'),
  ...declaredBy('lib/host/calls/quota-calls.ts', 'QuotaCalls'),
  ...declaredBy('lib/host/calls/socket-calls.ts', 'SocketCalls'),
  ...declaredBy('lib/host/calls/tree-calls.ts', 'TreeCalls'),
];

const tests = ['test/addon', 'test/more/addon']
  .map((folder) => join(packageRoot, folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** The text of the suite that is named after a function. */
function suiteOf(name: string): string {
  return tests.split(`describe('${name}', () => {`)[1]?.split('\n});')[0] ?? '';
}

test('the addon exports what the contract declares, and nothing else', () => {
  expect(declared.length).toBeGreaterThan(30);
  expect(Object.keys(native()).sort()).toEqual([...declared].sort());
});

test.each(declared)('%s has a test that it works and one that it fails', (name) => {
  const suite = suiteOf(name);
  expect(suite).toMatch(/failureOf|rejectionOf|errno: /);
  expect(suite.match(/\n {2}test(\.each\([^)]*\))?\(/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
});
