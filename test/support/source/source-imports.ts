/** What the sources import from where, read from their syntax. For the test of the layers. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../process/run-command';

export interface SourceImport {
  /** The importing file, from lib/: `host/native.ts`. */
  readonly file: string;
  /** What is imported: `host/facts`, from lib/, or the name of a package. */
  readonly from: string;
  /** `type`: erased by the compiler; `lazy`: loaded by a call, when it is needed. */
  readonly kind: 'type' | 'value' | 'lazy';
  /** `export … from`. */
  readonly isExport: boolean;
}

/** All TypeScript files of lib/, from there. */
export function sourceFiles(): string[] {
  return readdirSync(join(packageRoot, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

const parsed = new Map<string, readonly ts.Node[]>();

/** Every node of a source; each source is parsed once. */
export function sourceNodes(file: string): readonly ts.Node[] {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(packageRoot, 'lib', file), 'utf8');
  const nodes = descendants(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  parsed.set(file, nodes);
  return nodes;
}

/** Every node of a tree, in the order of the text. */
export function descendants(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

export function sourceImports(file: string): SourceImport[] {
  return sourceNodes(file).flatMap((node) => {
    const found = importOf(node);
    if (found === undefined) return [];
    const { specifier, kind } = found;
    const from = specifier.startsWith('.')
      ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '')
      : specifier;
    return [{ file, from, kind, isExport: ts.isExportDeclaration(node) }];
  });
}

function importOf(node: ts.Node): { specifier: string; kind: SourceImport['kind'] } | undefined {
  const specifier = specifierOf(node);
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return undefined;
  return { specifier: specifier.text, kind: kindOf(node) };
}

function kindOf(node: ts.Node): SourceImport['kind'] {
  if (ts.isCallExpression(node)) return 'lazy';
  return isErased(node) ? 'type' : 'value';
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const isImport = callee.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(callee) && callee.text === 'require';
  return isImport || isRequire ? node.arguments[0] : undefined;
}

/** `import type …`, `import { type A }`, `export type … from`, `import('…').T`. */
function isErased(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || allTypes(node.exportClause);
  if (!ts.isImportDeclaration(node) || node.importClause === undefined) return false;
  const { phaseModifier, name, namedBindings } = node.importClause;
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  return name === undefined && allTypes(namedBindings);
}

function allTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (bindings === undefined) return false;
  if (!ts.isNamedImports(bindings) && !ts.isNamedExports(bindings)) return false;
  return bindings.elements.length > 0 && [...bindings.elements].every((one) => one.isTypeOnly);
}
