/** Trees are removed in one way: no source calls what Node.js offers, which empties what is mounted in them. */
import * as ts from 'typescript';
import { descendants, sourceFiles, sourceNodes } from '../support/source/source-imports';

const removals = /^(rm|rmdir)(Sync)?$/;

/** The name by which a function is called: of `rm(…)`, `fs.rm(…)` and `promises.rm(…)`, `rm`. */
function calleeOf({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** Of `rm`, only `force` may be given, as words in the call; of `rmdir`, nothing. */
function isPlain(call: ts.CallExpression): boolean {
  const [, options, ...more] = call.arguments;
  if (options === undefined) return true;
  const text = options.getText().replaceAll(/\s/g, '').replace(',}', '}');
  return more.length === 0 && calleeOf(call).startsWith('rm') && text === '{force:true}';
}

/** Calls that could remove more than one file, or one empty folder; and other names for those functions. */
function recursiveRemovals(nodes: readonly ts.Node[]): string[] {
  const calls = nodes
    .filter(ts.isCallExpression)
    .filter((call) => removals.test(calleeOf(call)) && !isPlain(call));
  const renamed = nodes
    .filter(ts.isImportSpecifier)
    .filter(({ propertyName }) => propertyName !== undefined && removals.test(propertyName.text));
  return [...calls, ...renamed].map((node) => node.getText());
}

const nodesOf = (text: string): ts.Node[] =>
  descendants(ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022, true));

test('no source of lib removes a tree but by removeTree', () => {
  const found = sourceFiles().flatMap((file) =>
    recursiveRemovals(sourceNodes(file)).map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});

test.each([
  'rmSync(path, { recursive: true, force: true })',
  'await rm(path, options)',
  'fs.rmSync(path, { force: true, recursive })',
  'rmdirSync(path, { recursive: true })',
  'import { rmSync as remove } from "node:fs"',
])('%s would be found', (text) => {
  expect(recursiveRemovals(nodesOf(text))).toHaveLength(1);
});

test.each([
  'rmSync(path, { force: true })',
  'await rm(path)',
  'rmdirSync(path)',
  'format(path, { a: 1 })',
])('%s removes no tree', (text) => {
  expect(recursiveRemovals(nodesOf(text))).toEqual([]);
});
