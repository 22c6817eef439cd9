/**
 * The prebuilt code is built with the headers of glibc 2.31, which lack the names of newer calls: who uses one includes the header that
 * has them. test/install/prebuilt.test.ts builds it, in npm run test:all.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/process/run-command';

const header = 'native/base/kernel-names.h';
const textOf = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');

const names = [...textOf(header).matchAll(/^#define (\w+) \d+$/gm)].map(([, name = '']) => name);

test('a source that names a call which old headers lack includes the header with its number', () => {
  expect(names.length).toBeGreaterThan(3);
  const users = readdirSync(join(packageRoot, 'native'), { recursive: true, encoding: 'utf8' })
    .map((file) => join('native', file))
    .filter((file) => /\.(cc|h)$/.test(file) && file !== header)
    .filter((file) => names.some((name) => textOf(file).includes(name)));
  expect(users.length).toBeGreaterThan(5);
  expect(users.filter((file) => !textOf(file).includes(`#include "${header}"`))).toEqual([]);
});
