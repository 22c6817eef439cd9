/**
 * The recipes of the threat catalogue that are tested, and where. A test that can't fail shows nothing: beside each
 * defence stands a control, which removes it and has to see the damage. A control that does not fire is a failed test.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../support/process/run-command';
import { descendants } from '../support/source/source-imports';

interface Recipe {
  readonly recipe: string;
  /** Names the recipe: in the title of a `describe`, or in the comment that it opens with. */
  readonly file: string;
  /** How the titles of its controls begin. */
  readonly control: string;
}

const security = 'test/security';
/** What `npm run test:more` runs. */
const more = 'test/more/security';

const recipes: readonly Recipe[] = [
  { recipe: 'T1', file: `${security}/profile-hardened.test.ts`, control: 'control: ' },
  { recipe: 'T1', file: `${more}/profile.test.ts`, control: 'control: ' },
  { recipe: 'T2', file: `${security}/doors.test.ts`, control: 'control: ' },
  { recipe: 'T3', file: `${security}/cgroups.test.ts`, control: 'control: ' },
  { recipe: 'T4', file: `${security}/doors.test.ts`, control: 'control: ' },
  { recipe: 'T5', file: `${security}/evil-etc.test.ts`, control: 'control: ' },
  { recipe: 'T6', file: `${more}/race.test.ts`, control: 'control: ' },
  { recipe: 'T7', file: `${more}/descriptors.test.ts`, control: 'control: ' },
  { recipe: 'T8', file: `${security}/exec-mapped.test.ts`, control: 'control: ' },
  { recipe: 'T8', file: `${more}/exec.test.ts`, control: 'control: ' },
  { recipe: 'T9', file: `${more}/executable.test.ts`, control: 'control: ' },
  { recipe: 'T10', file: `${more}/directories.test.ts`, control: 'control: ' },
  { recipe: 'T11', file: `${security}/doors.test.ts`, control: 'control: ' },
  { recipe: 'T13', file: 'test/container/devices.test.ts', control: 'control: ' },
  { recipe: 'T13', file: `${security}/hotplug.test.ts`, control: 'control: ' },
  {
    recipe: 'T14',
    file: `${security}/capabilities.test.ts`,
    control: 'gets nothing from a file’s inheritable set; where the process has one, it would',
  },
  { recipe: 'T15', file: 'test/container/idmap.test.ts', control: 'positive control: ' },
  {
    recipe: 'T16',
    file: 'test/native/monitor-executable.test.ts',
    control: 'its flags refuse to link such a reference',
  },
  { recipe: 'T17', file: 'test/addon/accounts.test.ts', control: 'control: ' },
  { recipe: 'T19', file: `${more}/names.test.ts`, control: 'control: ' },
  { recipe: 'T20', file: 'test/unit/errors.test.ts', control: 'control: ' },
  { recipe: 'T21', file: `${security}/control-socket.test.ts`, control: 'control: ' },
  { recipe: 'T22', file: `${security}/control-socket.test.ts`, control: 'control: ' },
  {
    recipe: 'T23',
    file: 'test/addon/seccomp.test.ts',
    control: 'a command whose high half is set reaches the terminal without the filter',
  },
  { recipe: 'T24', file: `${security}/confinement.test.ts`, control: 'compat: none of it' },
  { recipe: 'T25', file: `${more}/mounts.test.ts`, control: 'control: ' },
  { recipe: 'T26', file: 'test/more/network/router-advertisements.test.ts', control: 'control: ' },
  { recipe: 'T27', file: `${security}/exhaustion.test.ts`, control: 'control: ' },
  { recipe: 'T27', file: `${security}/cgroup-count.test.ts`, control: 'control: ' },
  { recipe: 'T27', file: `${security}/user-supplies.test.ts`, control: 'control: ' },
  { recipe: 'T27', file: 'test/network/learned-addresses.test.ts', control: 'control: ' },
  { recipe: 'T28', file: 'test/vm/core-dumps.test.ts', control: 'control: ' },
  { recipe: 'T29', file: `${security}/profile-hardened.test.ts`, control: 'control: ' },
  { recipe: 'T29', file: `${more}/profile.test.ts`, control: 'control: ' },
  { recipe: 'T32', file: `${security}/watched-folders.test.ts`, control: 'control: ' },
  { recipe: 'T33', file: `${security}/attendant.test.ts`, control: 'control: ' },
  { recipe: 'T34', file: `${security}/peer.test.ts`, control: 'control: ' },
  { recipe: 'T35', file: `${security}/namespace-walk.test.ts`, control: 'control: ' },
  { recipe: 'T35', file: 'test/vm-early-kernel/namespace-walk.test.ts', control: 'control: ' },
  { recipe: 'T36', file: 'test/vm-early-kernel/unmounted-hierarchy.test.ts', control: 'control: ' },
  { recipe: 'T38', file: `${security}/mapped-copies.test.ts`, control: 'control: ' },
  { recipe: 'T38', file: `${security}/mapped-mounts.test.ts`, control: 'control: ' },
  { recipe: 'T40', file: `${security}/defaced-filesystem.test.ts`, control: 'control: ' },
];

/** The same, whole, for `npm run test:long`. */
const longRecipes: readonly Recipe[] = [
  { recipe: 'T6', file: 'test/long/race.test.ts', control: 'control: ' },
];

/** Those that no control of their own stands beside, where they are tested, and why. T30 has never been written. */
const withoutControl: readonly Readonly<{
  recipe: string;
  files: readonly string[];
  why: string;
}>[] = [
  {
    recipe: 'T5',
    files: [`${more}/evil-root.test.ts`, `${security}/hotplug.test.ts`],
    why: 'these are more paths of the same attack, whose control is in test/security/evil-etc.test.ts',
  },
  {
    recipe: 'T12',
    files: ['test/vm-selinux/fake-proc.test.ts', 'test/addon/categories.test.ts'],
    why: 'labels need SELinux, which only a machine of its own has; an init without its label is what is looked for in each case',
  },
  {
    recipe: 'T18',
    files: ['test/unit/domain/bad-xml.test.ts', 'test/unit/domain/properties.test.ts'],
    why: 'a parser that expands entities or pollutes prototypes is none that the project has',
  },
  {
    recipe: 'T27',
    files: [
      'test/more/container/busy-cgroups.test.ts',
      'test/more/container/deep-cgroups.test.ts',
      'test/container/oom.test.ts',
      'test/more/container/stuck-inside.test.ts',
      'test/life/pause.test.ts',
    ],
    why: 'without limits a bomb takes the machine that the tests run on',
  },
  {
    recipe: 'T31',
    files: ['test/addon/workers.test.ts'],
    why: 'a fork in a threaded process, which would hang now and then, is nowhere in the addon',
  },
];

/** Titles of the tests of a recipe; empty for a file that does not name it. */
function titlesOf({ recipe, file }: Omit<Recipe, 'control'>): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const suites = descendants(source).filter(
    (node) => titleOf(node, 'describe')?.includes(`(${recipe})`) === true,
  );
  const opening = text.slice(0, text.indexOf('*/'));
  const isNamed = new RegExp(`\\b${recipe}\\b`).test(opening);
  const all = suites.length > 0 ? suites : isNamed ? [source] : [];
  return all.flatMap((suite) => descendants(suite)).flatMap((node) => titleOf(node, 'test') ?? []);
}

/** The title of `test('…', …)`, `test.each(…)('…', …)` and such; undefined for any other node. */
function titleOf(node: ts.Node, word: 'describe' | 'test'): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [title] = node.arguments;
  if (title === undefined || !ts.isStringLiteralLike(title)) return undefined;
  return node.expression.getText().startsWith(word) ? title.text : undefined;
}

test.each([...recipes, ...longRecipes])('$recipe has a defence and a control in $file', (row) => {
  expect(existsSync(join(packageRoot, row.file))).toBe(true);
  const titles = titlesOf(row);
  const controls = titles.filter((title) => title.startsWith(row.control));
  expect(controls.length).toBeGreaterThan(0);
  expect(titles.length).toBeGreaterThan(controls.length);
});

test.each(withoutControl)('$recipe has tests, but no control: $why', ({ recipe, files }) => {
  for (const file of files) expect(titlesOf({ recipe, file })).not.toEqual([]);
});

test('every recipe of the catalogue is in one of the tables', () => {
  const known = new Set([...recipes, ...withoutControl].map(({ recipe }) => recipe));
  const all = Array.from({ length: 36 }, (_, index) => `T${index + 1}`);
  expect(all.filter((recipe) => !known.has(recipe))).toEqual(['T30']);
});

/** Recipes that a file names in the comment that it opens with, or in the title of a suite. */
function namedIn(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const opening = text.slice(0, text.indexOf('*/'));
  const suites = [...text.matchAll(/\bdescribe\(\s*['"`].*\((T\d+)\)/g)].map(
    ([, recipe = '']) => recipe,
  );
  return [...new Set([...(opening.match(/\bT\d+\b/g) ?? []), ...suites])];
}

test.each([security, more])('the tables have every file of %s that names a recipe', (folder) => {
  const rows = [
    ...recipes.map(({ recipe, file }) => `${recipe} ${file}`),
    ...withoutControl.flatMap(({ recipe, files }) => files.map((file) => `${recipe} ${file}`)),
  ];
  const named = readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .flatMap((file) => namedIn(file).map((recipe) => `${recipe} ${file}`));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((one) => !rows.includes(one))).toEqual([]);
});

test('a recipe that a file does not name is seen to be missing', () => {
  expect(titlesOf({ recipe: 'T0', file: `${more}/race.test.ts` })).toEqual([]);
});

describe('in machines with other kernels', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { elsewhere, escapeFiles, escapeFlavours } = require(
    join(packageRoot, 'scripts/vm/escapes.js'),
  ) as {
    readonly elsewhere: Readonly<Record<string, string>>;
    readonly escapeFiles: readonly string[];
    readonly escapeFlavours: readonly { readonly name: string; readonly kernel: string }[];
  };

  /** `a/{b,c}` → `test/a/b.test.ts`, `test/a/c.test.ts`. */
  const tried = escapeFiles.flatMap((pattern) => {
    const [, before = '', names = '', after = ''] = /^([^{]*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
    const all = names === '' ? [pattern] : names.split(',').map((name) => before + name + after);
    return all.map((name) => `test/${name}.test.ts`);
  });

  test('each recipe is tried there, or it is said why not', () => {
    const rows = recipes.map(({ file }) => file);
    const folders = [security, more].flatMap((folder) =>
      readdirSync(join(packageRoot, folder))
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => `${folder}/${name}`),
    );
    const all = [...new Set([...rows, ...folders])].sort();
    const known = [...tried, ...Object.keys(elsewhere)];
    expect(all.filter((file) => !known.includes(file))).toEqual([]);
    expect(tried.filter((file) => file in elsewhere)).toEqual([]);
    for (const file of [
      ...tried.filter((name) => !name.includes('*')),
      ...Object.keys(elsewhere),
    ]) {
      expect([file, existsSync(join(packageRoot, file))]).toEqual([file, true]);
    }
  });

  test('on each kernel with each kind of cgroups', () => {
    const names = escapeFlavours.map(({ name }) => name);
    const versions = ['6.1', '6.12.43', '6.12'];
    expect(names).toEqual(
      versions.flatMap((version) => ['v2', 'hybrid'].map((kind) => `escapes-${version}-${kind}`)),
    );
  });
});
