/** examples/: what each has, and that its README leads somewhere. What they do is tested where they can run. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleNames, examplesFolder } from '../../support/examples/example';
import { packageRoot } from '../../support/process/run-command';

const names = exampleNames();
const contents = readFileSync(join(examplesFolder, 'README.md'), 'utf8');

test('the contents name every example', () => {
  const listed = [...contents.matchAll(/^\| \[([\w-]+)\]\(([\w-]+)\) \|/gm)];
  expect(listed.map(([, name]) => name).sort()).toEqual([...names].sort());
  for (const [, name, path] of listed) expect(path).toBe(name);
});

test('the contents name the tests that run them, and these do', () => {
  const tests = [...contents.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(
    ([, path = '']) => path,
  );
  const text = tests.map((path) => readFileSync(join(packageRoot, path), 'utf8')).join('\n');
  expect(tests.length).toBeGreaterThan(0);
  for (const name of names) expect(text).toContain(`'${name}'`);
});

test.each(['.', ...names])('the links of the README in %s lead somewhere', (name) => {
  const file = join(examplesFolder, name, 'README.md');
  const text = readFileSync(file, 'utf8').replace(/^```[^]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(0);
  const broken = links.filter(
    (link) => !/^https?:/.test(link) && !existsSync(join(dirname(file), link)),
  );
  expect(broken).toEqual([]);
});

const programs = names.filter((name) => existsSync(join(examplesFolder, name, 'package.json')));

test.each(programs)('%s is a project of its own, whose packages have one version each', (name) => {
  const text = readFileSync(join(examplesFolder, name, 'package.json'), 'utf8');
  const { dependencies, scripts, ...rest } = JSON.parse(text) as {
    dependencies: Record<string, string>;
    scripts: Record<string, string>;
  };
  expect(rest).toMatchObject({ name: `tslxc-example-${name}`, private: true, type: 'module' });
  const { tslxc, ...others } = dependencies;
  expect(tslxc).toBe('file:../..');
  for (const version of Object.values(others)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const [, program = ''] = (scripts['start'] ?? '').split(' ');
  expect(readdirSync(join(examplesFolder, name))).toContain(program);
});

test('what is not an ES module has no package of its own: a unit', () => {
  expect(names.filter((name) => !programs.includes(name))).toEqual(['systemd-unit']);
});
