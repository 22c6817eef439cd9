/** The types of what the public calls take, as a consumer in strict TypeScript sees them: undefined counts as left out. */
import { join } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../../support/process/run-command';

const consumer = join(packageRoot, 'test', 'consumer.ts');

const source = `import type { Connection, Domain } from '../lib/index';
export async function run(connection: Connection, domain: Domain, limit?: number, signal?: AbortSignal) {
  await connection.defineDomain({ name: 'a', memory: '1MiB', env: process.env, title: undefined });
  await connection.createFromImage('a', { env: process.env, name: undefined });
  await domain.exec(['env'], { env: process.env, timeout: limit, signal });
  await domain.execDetached(['env'], { env: process.env, signal });
  await domain.clone('b', { paths: { '/srv': undefined } });
  await domain.start({ signal });
  await domain.waitFor({ port: 80, timeout: limit, signal });
}
`;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  esModuleInterop: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

let program: ts.Program;

beforeAll(() => {
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === consumer || fileExists(path);
  host.getSourceFile = (path, language) =>
    path === consumer ? ts.createSourceFile(path, source, language) : getSourceFile(path, language);
  program = ts.createProgram([consumer], options, host);
}, 60_000);

test('the environment of the process, and options that may be undefined, are taken', () => {
  const file = program.getSourceFile(consumer);
  const found = program
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(found).toEqual([]);
}, 60_000);

test('each optional field of what a public call takes may be undefined', () => {
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(join(packageRoot, 'lib', 'index.ts'));
  const module = entry && checker.getSymbolAtLocation(entry);
  if (module === undefined) throw new Error('there is no lib/index.ts');
  const refused = new Set<string>();
  const seen = new Set<ts.Type>();
  let fields = 0;
  const look = (type: ts.Type): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) type.types.forEach(look);
    if (type.getCallSignatures().length > 0) return;
    for (const item of checker.isArrayType(type)
      ? checker.getTypeArguments(type as ts.TypeReference)
      : [])
      look(item);
    for (const field of type.getProperties()) {
      const [declaration] = field.declarations ?? [];
      const file = declaration?.getSourceFile().fileName ?? '';
      if (declaration === undefined || !ts.isPropertySignature(declaration)) continue;
      if (!file.startsWith(join(packageRoot, 'lib'))) continue;
      const own = checker.getTypeOfSymbol(field);
      if (declaration.questionToken && (field.flags & ts.SymbolFlags.Optional) !== 0) {
        fields += 1;
        // As written: the type of the field itself has what is missing in it, too.
        const written = declaration.type && checker.getTypeFromTypeNode(declaration.type);
        const takes = written && checker.isTypeAssignableTo(checker.getUndefinedType(), written);
        if (takes !== true) refused.add(`${file.slice(packageRoot.length + 1)}: ${field.name}`);
      }
      look(own);
    }
  };
  for (const symbol of checker.getExportsOfModule(module)) {
    const alias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const [declaration] = (alias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? [];
    const calls =
      declaration && ts.isClassDeclaration(declaration)
        ? declaration.members.filter(isPublicMethod)
        : declaration && ts.isFunctionDeclaration(declaration)
          ? [declaration]
          : [];
    for (const call of calls)
      call.parameters.forEach((one) => look(checker.getTypeAtLocation(one)));
  }
  expect([...refused].sort()).toEqual([]);
  expect(fields).toBeGreaterThan(150);
}, 60_000);

function isPublicMethod(member: ts.ClassElement): member is ts.MethodDeclaration {
  if (!ts.isMethodDeclaration(member) || ts.isPrivateIdentifier(member.name)) return false;
  const isInternal = ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
  return !isInternal;
}
