/** The declaration files, as a consumer in strict TypeScript sees them: what can be named, made, and read on hover. */
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot } from '../../support/process/run-command';

const source = `import { connect, Connection, Domain, Network } from 'tslxc';

export async function lower(domain: Domain): Promise<void> {
  await domain.setMemory(65536);
}

export const handles = async (): Promise<readonly [Connection, readonly Domain[]]> => {
  const connection = await connect();
  return [connection, await connection.listDomains()];
};

new Domain();
new Connection();
new Network();
`;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  types: ['node'],
};

/** Computed from tables of the plan: an editor shows what they come to, and not the names of their parts. */
const computed = /\/dist\/plan\/operation\.d\.ts$/;

let folder: string;
let consumer: string;
let service: ts.LanguageService;
let program: ts.Program;

beforeAll(() => {
  folder = mkdtempSync('/var/tmp/tslxc-consumer-');
  mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
  symlinkSync(packageRoot, join(folder, 'node_modules', 'tslxc'));
  const nodeTypes = join('node_modules', '@types', 'node');
  symlinkSync(join(packageRoot, nodeTypes), join(folder, nodeTypes));
  consumer = join(folder, 'consumer.ts');
  writeFileSync(consumer, source);
  service = ts.createLanguageService({
    fileExists: (path) => ts.sys.fileExists(path),
    readFile: (path) => ts.sys.readFile(path),
    directoryExists: (path) => ts.sys.directoryExists(path),
    realpath: (path) => realpathSync(path),
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (wanted) => ts.getDefaultLibFilePath(wanted),
    getScriptFileNames: () => [consumer],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
  });
  const made = service.getProgram();
  if (made === undefined) throw new Error('no program');
  program = made;
});

afterAll(() => removeTree(folder));

test('a handle can be used, and not made by a constructor', () => {
  const found = [
    ...service.getSyntacticDiagnostics(consumer),
    ...service.getSemanticDiagnostics(consumer),
  ].map(({ start = 0, messageText }) => ({
    line: source.slice(source.lastIndexOf('\n', start) + 1, source.indexOf('\n', start)),
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
  expect(found).toEqual(
    ['Domain', 'Connection', 'Network'].map((name) => ({
      line: `new ${name}();`,
      message: `Constructor of class '${name}' is private and only accessible within the class declaration.`,
    })),
  );
});

test('nothing else makes a handle: no static member, and the constructor refuses at run time', () => {
  const library = jest.requireActual<Record<string, new () => unknown>>('tslxc');
  for (const name of ['Domain', 'Connection', 'Network']) {
    const statics = checker()
      .getPropertiesOfType(checker().getTypeOfSymbol(exported(name)))
      .map((one) => one.name);
    expect([name, statics]).toEqual([name, ['prototype']]);
    const Kind = library[name];
    expect(() => Kind && new Kind()).toThrow(`a ${name} comes from `);
  }
});

test('every type that a public signature names is exported', () => {
  const missing = new Set<string>();
  const known = exportedSymbols().map(target);
  const visited = known.flatMap((symbol) => symbol.declarations ?? []).map(typesNamedIn);
  for (const { name, symbol } of visited.flat()) {
    const files = (symbol.declarations ?? []).map((one) => one.getSourceFile().fileName);
    const isOurs = files.some((file) => file.startsWith(join(packageRoot, 'dist')));
    const isParameter = (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0;
    if (!isOurs || isParameter || files.some((file) => computed.test(file))) continue;
    if (!known.includes(symbol)) missing.add(name);
  }
  expect([...missing]).toEqual([]);
  expect(visited.flat().length).toBeGreaterThan(200);
  for (const name of ['Isolation', 'LogLevel', 'StartWarning', 'WaitResult']) exported(name);
});

test('TypeScript before 5.6, whose iterables have one parameter, takes the declarations', () => {
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(join(packageRoot, 'dist')));
  const young = own.flatMap((file) => referencesIn(file).filter(isYoung));
  expect(young.map((one) => one.getText())).toEqual([]);
  expect(own.length).toBeGreaterThan(50);
});

function referencesIn(node: ts.Node): (ts.TypeReferenceNode | ts.ExpressionWithTypeArguments)[] {
  const inside: ReturnType<typeof referencesIn> = [];
  ts.forEachChild(node, (child) => {
    inside.push(...referencesIn(child));
  });
  const isReference = ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node);
  return isReference ? [node, ...inside] : inside;
}

function isYoung(one: ts.TypeReferenceNode | ts.ExpressionWithTypeArguments): boolean {
  const name = ts.isTypeReferenceNode(one) ? one.typeName : one.expression;
  const isIterable = /^(Async)?Iterable(Iterator)?$/.test(name.getText());
  return isIterable && (one.typeArguments ?? []).length > 1;
}

test('the quick info of setMemory is its whole contract', () => {
  const info = service.getQuickInfoAtPosition(consumer, source.indexOf('setMemory'));
  const words = ts.displayPartsToString(info?.documentation);
  const tags = (info?.tags ?? []).map(({ name, text }) => `@${name} ${wordsOf(text)}`);
  expect(ts.displayPartsToString(info?.displayParts)).toContain(
    'Domain.setMemory(memory: MemorySize, options?: WhichOption): Promise<void>',
  );
  expect(words).toMatch(/current memory: `<currentMemory>`/);
  const parameters = tags.filter((tag) => tag.startsWith('@param')).join('\n');
  expect(parameters).toMatch(/memory .*KiB, a whole number from 1 to the maximum.*`64MiB`/s);
  expect(parameters).toMatch(/options .*`which`: by default the running container.*`both`/s);
  const thrown = tags.filter((tag) => tag.startsWith('@throws')).join('\n');
  for (const code of [
    'INVALID_ARG',
    'OPERATION_INVALID',
    'OPERATION_UNSUPPORTED',
    'OPERATION_FAILED',
    'EBUSY',
    'SYSTEM_ERROR',
    'ACCESS_DENIED',
    'NO_DOMAIN',
    'OPERATION_DENIED',
  ]) {
    expect(thrown).toContain(code);
  }
  expect(tags.join('\n')).toMatch(/@see .*virsh setmem/);
});

function checker(): ts.TypeChecker {
  return program.getTypeChecker();
}

function wordsOf(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return (parts ?? []).map(({ text }) => text).join('');
}

/** What the package exports. */
function exportedSymbols(): ts.Symbol[] {
  const entry = program.getSourceFile(join(packageRoot, 'dist', 'index.d.ts'));
  const symbol = entry && checker().getSymbolAtLocation(entry);
  if (symbol === undefined) throw new Error('the consumer does not resolve the package');
  return checker().getExportsOfModule(symbol);
}

function exported(name: string): ts.Symbol {
  const found = exportedSymbols().find((one) => one.name === name);
  if (found === undefined) throw new Error(`the package does not export ${name}`);
  return target(found);
}

function target(symbol: ts.Symbol): ts.Symbol {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  return isAlias ? checker().getAliasedSymbol(symbol) : symbol;
}

/** The types that a declaration names outside of its private members. */
function typesNamedIn(node: ts.Node): { name: string; symbol: ts.Symbol }[] {
  if (isPrivate(node)) return [];
  const named = nameOf(node);
  const own = named && checker().getSymbolAtLocation(named);
  const found = own === undefined ? [] : [{ name: own.name, symbol: target(own) }];
  return [...found, ...childrenOf(node).flatMap(typesNamedIn)];
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function nameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  return ts.isImportTypeNode(node) ? node.qualifier : undefined;
}

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}
