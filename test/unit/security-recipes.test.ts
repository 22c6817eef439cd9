/**
 * The recipes of the threat catalogue that are tested, and where. A test that can't fail shows nothing: beside each
 * defence stands a control, which removes it and has to see the damage. A control that does not fire is a failed test.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../support/run-command';
import { descendants } from '../support/source-imports';

/** By recipe: the file in which a `describe` names it, with its defences and its controls. */
const recipes: Readonly<Record<string, string>> = {
  T1: 'test/container/security/profile.test.ts',
  T3: 'test/container/security/cgroups.test.ts',
  T5: 'test/container/security/evil-root.test.ts',
  T6: 'test/container/security/race.test.ts',
  T7: 'test/container/security/descriptors.test.ts',
  T9: 'test/container/security/executable.test.ts',
  T19: 'test/container/security/names.test.ts',
  T25: 'test/container/security/mounts.test.ts',
};

/** The same, whole, for `npm run test:long`. */
const longRecipes: Readonly<Record<string, string>> = {
  T6: 'test/long/race.test.ts',
};

/** Titles of tests within `describe`s that name the recipe. */
function titlesOf(recipe: string, file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  return [...descendants(source)]
    .filter((node) => titleOf(node, 'describe')?.includes(`(${recipe})`) === true)
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

const rows = [...Object.entries(recipes), ...Object.entries(longRecipes)];

test.each(rows)('%s has a defence and a control in %s', (recipe, file) => {
  expect(existsSync(join(packageRoot, file))).toBe(true);
  const titles = titlesOf(recipe, file);
  const controls = titles.filter((title) => title.startsWith('control: '));
  expect(controls.length).toBeGreaterThan(0);
  expect(titles.length).toBeGreaterThan(controls.length);
});

test('a recipe without a control is seen', () => {
  expect(titlesOf('T0', 'test/container/security/race.test.ts')).toEqual([]);
});
