/**
 * The recipes of the threat catalogue that are tested, and where. A test that can't fail shows nothing: beside each
 * defence stands a control, which removes it and has to see the damage. A control that does not fire is a failed test.
 */
import { existsSync, readFileSync } from 'node:fs';
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

const recipes: readonly Recipe[] = [
  { recipe: 'T1', file: `${security}/profile.test.ts`, control: 'control: ' },
  { recipe: 'T2', file: 'test/security/doors.test.ts', control: 'control: ' },
  { recipe: 'T3', file: `${security}/cgroups.test.ts`, control: 'control: ' },
  { recipe: 'T4', file: 'test/security/doors.test.ts', control: 'control: ' },
  { recipe: 'T5', file: `${security}/evil-root.test.ts`, control: 'control: ' },
  { recipe: 'T6', file: `${security}/race.test.ts`, control: 'control: ' },
  { recipe: 'T7', file: `${security}/descriptors.test.ts`, control: 'control: ' },
  { recipe: 'T8', file: `${security}/exec.test.ts`, control: 'control: ' },
  { recipe: 'T9', file: `${security}/executable.test.ts`, control: 'control: ' },
  { recipe: 'T11', file: 'test/security/doors.test.ts', control: 'control: ' },
  { recipe: 'T13', file: 'test/container/devices.test.ts', control: 'control: ' },
  {
    recipe: 'T14',
    file: 'test/security/capabilities.test.ts',
    control: 'gets nothing from a file’s inheritable set; where the process has one, it would',
  },
  { recipe: 'T15', file: 'test/container/idmap.test.ts', control: 'positive control: ' },
  { recipe: 'T19', file: `${security}/names.test.ts`, control: 'control: ' },
  { recipe: 'T25', file: `${security}/mounts.test.ts`, control: 'control: ' },
  { recipe: 'T27', file: `${security}/exhaustion.test.ts`, control: 'control: ' },
  { recipe: 'T32', file: `${security}/watched-folders.test.ts`, control: 'control: ' },
  { recipe: 'T33', file: `${security}/attendant.test.ts`, control: 'control: ' },
  { recipe: 'T34', file: `${security}/peer.test.ts`, control: 'control: ' },
];

/** The same, whole, for `npm run test:long`. */
const longRecipes: readonly Recipe[] = [
  { recipe: 'T6', file: 'test/long/race.test.ts', control: 'control: ' },
];

/** Titles of the tests of a recipe; empty for a file that does not name it. */
function titlesOf({ recipe, file }: Omit<Recipe, 'control'>): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const suites = [...descendants(source)].filter(
    (node) => titleOf(node, 'describe')?.includes(`(${recipe})`) === true,
  );
  const opening = text.slice(0, text.indexOf('*/'));
  const isNamed = new RegExp(`\\b${recipe}\\b`).test(opening);
  const all = suites.length > 0 ? suites : isNamed ? [source] : [];
  return all
    .flatMap((suite) => [...descendants(suite)])
    .flatMap((node) => titleOf(node, 'test') ?? []);
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

test('a recipe that a file does not name is seen to be missing', () => {
  expect(titlesOf({ recipe: 'T0', file: `${security}/race.test.ts` })).toEqual([]);
});
