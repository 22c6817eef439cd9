/** The shape of the sources: imports point one way, and each door has one keeper. */
import { dirname } from 'node:path';
import * as ts from 'typescript';
import { descendants, parseSource, sourceFiles, sourceImports } from '../support/source-imports';

/** The layers from the bottom up, each with the layers that it may use. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  present: [],
  domain: ['errors', 'present'],
  plan: ['domain', 'errors', 'present'],
  host: ['errors', 'present'],
  container: ['host', 'plan', 'domain', 'errors', 'present'],
  network: ['host', 'plan', 'domain', 'errors', 'present'],
  driver: ['network', 'container', 'host', 'plan', 'domain', 'errors', 'present'],
  rootfs: ['driver', 'host', 'domain', 'errors', 'present'],
  index: [
    'rootfs',
    'driver',
    'network',
    'container',
    'host',
    'plan',
    'domain',
    'errors',
    'present',
  ],
  cli: [
    'index',
    'rootfs',
    'driver',
    'network',
    'container',
    'host',
    'plan',
    'domain',
    'errors',
    'present',
  ],
  bundle: ['cli', 'index'],
};

/** The packages that are used, and by whom. Node's own modules are for all but the pure layers. */
const packageUsers: Readonly<Record<string, RegExp>> = {
  bindings: /^host\/addon\.ts$/,
  saxes: /^domain\//,
  pino: /^cli\//,
};

const pure = /^(domain|plan)\//;
const files = sourceFiles();
const imports = files.flatMap(sourceImports);
const isLocal = (from: string): boolean => layerOf(from) in mayUse;

/** `host` for `host/native.ts`, `errors` for `errors.ts`. */
function layerOf(path: string): string {
  return (path.split('/')[0] ?? '').replace(/\.ts$/, '');
}

function show(found: readonly { file: string; from: string }[]): string[] {
  return found.map(({ file, from }) => `${file} imports ${from}`);
}

test('every source file belongs to a layer', () => {
  expect(files.filter((file) => !(layerOf(file) in mayUse))).toEqual([]);
  expect(imports.length).toBeGreaterThan(files.length);
});

test('imports point down the layers', () => {
  const upward = imports.filter(({ file, from, kind }) => {
    const [user, used] = [layerOf(file), layerOf(from)];
    if (!isLocal(from) || user === used) return false;
    // What the host offers arrives in a plan as an argument: its types may be named.
    if (user === 'plan' && used === 'host' && kind === 'type') return false;
    // What the command's first file runs is loaded by its path.
    if (file === 'cli/main.ts' && used === 'bundle' && kind === 'type') return false;
    return !(mayUse[user] ?? []).includes(used);
  });
  expect(show(upward)).toEqual([]);
});

test('the pure layers use neither Node nor its process', () => {
  const used = imports.filter(
    ({ file, from, kind }) => pure.test(file) && from.startsWith('node:') && kind !== 'type',
  );
  expect(show(used)).toEqual([]);
  expect(files.filter((file) => pure.test(file) && usesProcess(file, /./))).toEqual([]);
});

test('each package is used only where it belongs', () => {
  const strays = imports.filter(({ file, from }) => {
    if (isLocal(from) || from.startsWith('node:')) return false;
    return packageUsers[from]?.test(file) !== true;
  });
  expect(show(strays)).toEqual([]);
});

test('only host/native.ts loads the addon', () => {
  const users = imports.filter(({ from }) => from === 'host/addon').map(({ file }) => file);
  expect(users).toEqual(['host/native.ts']);
});

test('only the command writes to stdout and stderr', () => {
  const streams = /^(stdout|stderr)$/;
  const printing = files.filter((file) => usesProcess(file, streams));
  expect(printing.filter((file) => !file.startsWith('cli/'))).toEqual([]);
  expect(printing).not.toEqual([]);
});

test('index.ts is the only file that re-exports', () => {
  const barrels = imports.filter(({ file, isExport }) => isExport && file !== 'index.ts');
  expect(show(barrels)).toEqual([]);
});

test('no two files import each other in a circle', () => {
  const uses = new Map<string, string[]>();
  for (const { file, from, kind } of imports) {
    if (isLocal(from) && kind === 'value') {
      uses.set(file, [...(uses.get(file) ?? []), `${from}.ts`]);
    }
  }
  expect(files.filter((file) => reaches(file, file, uses))).toEqual([]);
});

test('files are named in kebab case, and for what they hold', () => {
  const names = files.flatMap((file) => [dirname(file), file]).filter((path) => path !== '.');
  expect(names.filter((path) => !/^[a-z0-9/-]+(\.ts)?$/.test(path))).toEqual([]);
  expect(names.filter((path) => /\b(utils?|helpers?|common|misc|manager)\b/.test(path))).toEqual(
    [],
  );
});

/** Whether the file uses `process.NAME` with such a name. */
function usesProcess(file: string, name: RegExp): boolean {
  return [...descendants(parseSource(file))].some(
    (node) =>
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'process' &&
      name.test(node.name.text),
  );
}

function reaches(start: string, goal: string, uses: ReadonlyMap<string, string[]>): boolean {
  const seen = new Set<string>();
  const queue = [...(uses.get(start) ?? [])];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (file === goal) return true;
    if (seen.has(file)) continue;
    seen.add(file);
    queue.push(...(uses.get(file) ?? []));
  }
  return false;
}
