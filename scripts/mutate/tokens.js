// The tokens of a source with their positions, without comments and type annotations.
'use strict';

const cpp = [
  ['', /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /R"([^(\s]*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'/y],
  ['number', /\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*/y],
  ['word', /[A-Za-z_]\w*/y],
  ['sign', /->|::|<=>|<<=|>>=|\+\+|--|&&|\|\||[<>=!+\-*/%&|^]=|<<|>>|\.\.\.|[\s\S]/y],
];

const directive = /^[ \t]*#(?:\\\n|[^\n])*/gm;

/** What a sticky pattern finds at a place, or ''. */
function textAt(pattern, source, place) {
  pattern.lastIndex = place;
  return pattern.exec(source)?.[0] ?? '';
}

/** Of C++; a directive of the preprocessor is none of its words. */
function cppTokens(text) {
  const source = text.replace(directive, (found) => ' '.repeat(found.length));
  const tokens = [];
  for (let start = 0; start < source.length;) {
    const [kind, found] = cpp
      .map(([name, pattern]) => [name, textAt(pattern, source, start)])
      .find(([, one]) => one !== '');
    const end = start + found.length;
    if (kind !== '') tokens.push({ kind, text: found, start, end });
    start = end;
  }
  return tokens;
}

const kindsOfLiterals = [
  'StringLiteral',
  'NoSubstitutionTemplateLiteral',
  'RegularExpressionLiteral',
];

/** Of TypeScript, from its parser: where a `/` begins a regular expression, nothing else knows. */
function typeScriptTokens(source) {
  const ts = require('typescript');
  const { SyntaxKind } = ts;
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const literals = kindsOfLiterals.map((name) => SyntaxKind[name]);
  const tokens = [];
  const kindOf = (node) => {
    if (literals.includes(node.kind) || ts.isTemplateMiddleOrTemplateTail(node)) return 'string';
    if (ts.isTemplateHead(node)) return 'string';
    if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) return 'number';
    return /^[#\w$]/.test(node.getText(file)) ? 'word' : 'sign';
  };
  const visit = (node) => {
    const isType =
      ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    if (isType || ts.isImportDeclaration(node) || ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    for (const child of children) visit(child);
    const text = node.getText(file);
    if (children.length > 0 || text === '' || node.kind === SyntaxKind.SyntaxList) return;
    tokens.push({ kind: kindOf(node), text, start: node.getStart(file), end: node.getEnd() });
  };
  visit(file);
  return tokens;
}

module.exports = { cppTokens, typeScriptTokens };
