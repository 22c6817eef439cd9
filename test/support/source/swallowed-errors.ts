/** Finds every catch of a source that turns all errors into something else: an answer, a message, or nothing. */
import ts from 'typescript';

/** One of them, by the function that it is in. */
export interface Swallowed {
  readonly where: string;
  readonly line: number;
}

/** A handler that may throw chooses: it is left out. So is `.catch(name)` if that function, of the same file, may throw. */
export function swallowedErrors(text: string, file = 'x.ts'): Swallowed[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Swallowed[] = [];
  const add = (node: ts.Node): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ where: functionOf(node), line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCatchClause(node) && !mayThrow(node.block)) add(node);
    const handler = handlerOf(node);
    if (handler !== undefined && !choosesBy(handler, source)) add(handler);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function handlerOf(node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined;
  return node.expression.name.text === 'catch' ? node.arguments[0] : undefined;
}

function choosesBy(handler: ts.Expression, source: ts.SourceFile): boolean {
  if (!ts.isIdentifier(handler)) return mayThrow(handler);
  const named = source.statements.find(
    (one) => ts.isFunctionDeclaration(one) && one.name?.text === handler.text,
  );
  return named !== undefined && mayThrow(named);
}

/** Not counting what functions within it throw. */
function mayThrow(node: ts.Node): boolean {
  let isFound = false;
  const visit = (inner: ts.Node): void => {
    if (inner !== node && ts.isFunctionLike(inner)) return;
    if (ts.isThrowStatement(inner)) isFound = true;
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return isFound;
}

/** The innermost function with a name, methods with that of their class; '-' outside of all. */
function functionOf(node: ts.Node): string {
  let at: ts.Node = node;
  while (!ts.isSourceFile(at)) {
    at = at.parent;
    const name = nameOf(at);
    if (name !== undefined) return name;
  }
  return '-';
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name?.text;
  if (ts.isConstructorDeclaration(node)) return `${classOf(node)}.constructor`;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node))
    return `${classOf(node)}.${node.name.getText()}`;
  return undefined;
}

function classOf(node: ts.Node): string {
  return ts.isClassLike(node.parent) ? (node.parent.name?.text ?? '') : '';
}
