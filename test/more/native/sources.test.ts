/** What a build compiles, as it is told while it goes on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { countSources } = require(join(packageRoot, 'scripts/compile-progress.js')) as {
  countSources: (root: string) => number;
};

test('the number of files is that of the objects in what gyp has written', () => {
  const build = join(packageRoot, 'build');
  const makefiles = readdirSync(build).filter((name) => name.endsWith('.target.mk'));
  const objects = makefiles.flatMap(
    (name) => readFileSync(join(build, name), 'utf8').match(/^\t\$\(obj\)\.target\/\S+\.o\b/gm) ?? [],
  );
  expect(objects.length).toBeGreaterThan(50);
  expect(countSources(packageRoot)).toBe(objects.length);
});
