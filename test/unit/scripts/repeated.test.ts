/** The slow tier has every file that npm test repeats less often, wherever it lies. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

const projects = ['repeated', 'repeated-networks', 'repeated-worlds'];
/** What is never part of npm test repeats as often as it says. */
const slow = /^test\/(long|network-long|open-vswitch|install|vm)/;

function repeatingFiles(): string[] {
  return readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((file) => !slow.test(file))
    .filter((file) => /^import .* from '.*\/time\/repeats';$/m.test(text(file)));
}

function text(file: string): string {
  return readFileSync(join(packageRoot, file), 'utf8');
}

test('every file that repeats is in a project with all repetitions, and no other is', () => {
  const words = ['--listTests', '--json', '--selectProjects', ...projects];
  const jest = join(packageRoot, 'node_modules/jest/bin/jest.js');
  const listed = execFileSync(process.execPath, [jest, ...words], { cwd: packageRoot });
  const files = (JSON.parse(String(listed)) as string[]).map((file) =>
    file.slice(packageRoot.length + 1),
  );
  expect(files.sort()).toEqual(repeatingFiles().sort());
});
