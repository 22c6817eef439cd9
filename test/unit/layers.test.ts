/** The shape of the sources: imports point one way, and each door has one keeper. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../../lib/host/package-paths';
import { baseCgroups } from '../../lib/plan/cgroups/names';
import { sourceFiles, sourceImports, sourceNodes } from '../support/source/source-imports';
import {
  circles,
  crowdedFolders,
  describeImport,
  importsBeyond,
  layerOf,
  mutualFolders,
  upwardImports,
} from '../support/source/source-shape';

/** The layers from the bottom up, each with the layers that it may use; all may use `base`. */
const base = [
  ...['callers-code', 'errors', 'exact-json', 'hardening', 'present', 'printable', 'shape'],
  'suggestion',
];
const mayUse: Readonly<Record<string, readonly string[]>> = {
  'callers-code': [],
  errors: ['printable'],
  'exact-json': [],
  hardening: [],
  present: [],
  printable: [],
  suggestion: [],
  shape: ['callers-code', 'errors', 'suggestion'],
  domain: base,
  plan: ['domain', ...base],
  host: base,
  container: ['host', 'plan', 'domain', ...base],
  network: ['host', 'plan', 'domain', ...base],
  storage: ['host', 'domain', ...base],
  image: ['host', 'domain', ...base],
  driver: ['image', 'network', 'storage', 'container', 'host', 'plan', 'domain', ...base],
  rootfs: ['driver', 'host', 'domain', ...base],
  // Another way to the library, beside the command that starts it.
  rpc: ['driver', 'network', 'storage', 'host', 'domain', ...base],
  index: [
    'rootfs',
    'driver',
    'image',
    'network',
    'storage',
    'container',
    'host',
    'plan',
    'domain',
    ...base,
  ],
  cli: [
    ...[
      'index',
      'rpc',
      'rootfs',
      'driver',
      'image',
      'network',
      'storage',
      'container',
      'host',
      'plan',
      'domain',
    ],
    ...base,
  ],
  bundle: ['cli', 'index'],
};

/** Layers and files that may name the types of further layers. */
const mayName: Readonly<Record<string, readonly string[]>> = {
  // The facts about the host are arguments of a plan.
  plan: ['host'],
  // Loads the bundle by its path.
  'cli/compiled-bundle.ts': ['bundle'],
};

/** The packages that are used, and by whom. Node's own modules are for all but the pure layers. */
const packageUsers: Readonly<Record<string, RegExp>> = {
  bindings: /^host\/addon\.ts$/,
  pino: /^cli\//,
  xpath: /^cli\/output\/xpath\.ts$/,
  '@xmldom/xmldom': /^cli\/output\/xpath\.ts$/,
  // Part of the bundle: scripts/bundle.js.
  saxes: /^domain\/xml\//,
  'get-east-asian-width': /^cli\/output\/table\.ts$/,
};

const pure = /^(domain|plan)\//;
const files = sourceFiles();
const imports = files.flatMap(sourceImports);
const isLocal = (from: string): boolean => layerOf(from) in mayUse;
const isOfProject = ({ from }: { readonly from: string }): boolean => isLocal(from);

function show(found: readonly { file: string; from: string }[]): string[] {
  return found.map(describeImport);
}

test('every source file belongs to a layer', () => {
  expect(files.filter((file) => !(layerOf(file) in mayUse))).toEqual([]);
  expect(imports.length).toBeGreaterThan(files.length);
});

test('imports point down the layers, those of types too', () => {
  expect(upwardImports(imports, { mayUse, mayName })).toEqual([]);
  const planted = [
    { file: 'host/facts.ts', from: 'driver/session/session', kind: 'value' },
    { file: 'domain/parse.ts', from: 'plan/operation', kind: 'type' },
    { file: 'network/dnsmasq/config.ts', from: 'driver/types', kind: 'lazy' },
    { file: 'plan/compile.ts', from: 'host/native', kind: 'value' },
    { file: 'cli/invocation.ts', from: 'bundle/parts', kind: 'type' },
  ] as const;
  const allowed = [
    { file: 'plan/compile.ts', from: 'host/native', kind: 'type' },
    { file: 'cli/compiled-bundle.ts', from: 'bundle/parts', kind: 'type' },
    { file: 'driver/domain.ts', from: 'host/native', kind: 'value' },
    { file: 'host/native.ts', from: 'node:fs', kind: 'value' },
  ] as const;
  expect(upwardImports([...planted, ...allowed], { mayUse, mayName })).toEqual(show(planted));
});

test('what reads XML knows nothing of domains', () => {
  expect(importsBeyond(imports.filter(isOfProject), 'domain/xml', ['errors', 'printable'])).toEqual(
    [],
  );
  const planted = [
    { file: 'domain/xml/reading.ts', from: 'domain/definition', kind: 'type' },
    { file: 'domain/xml/reading.ts', from: 'domain/xml/element', kind: 'type' },
    { file: 'domain/xml/reading.ts', from: 'errors', kind: 'value' },
    { file: 'domain/parse.ts', from: 'domain/definition', kind: 'type' },
  ] as const;
  expect(importsBeyond(planted, 'domain/xml', ['errors'])).toEqual(show(planted.slice(0, 1)));
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

test('the folders of the cgroups have their names from plan/cgroups/names.ts', () => {
  const isNamed = (text: string): boolean => /^\/?libvirt\/(lxc|tslxc-monitor)(\/|$)/.test(text);
  const naming = files.filter((file) =>
    sourceNodes(file).some(
      (node) =>
        (ts.isStringLiteralLike(node) || ts.isTemplateTail(node) || ts.isTemplateMiddle(node)) &&
        isNamed(node.text),
    ),
  );
  expect(naming).toEqual([]);
  const { containers, monitors } = baseCgroups('');
  expect([containers, monitors, `${monitors}/tasks`].filter((path) => !isNamed(path))).toEqual([]);
});

test('index.ts is the only file that re-exports', () => {
  const barrels = imports.filter(({ file, isExport }) => isExport && file !== 'index.ts');
  expect(show(barrels)).toEqual([]);
});

test('no files import each other in a circle, those that import types included', () => {
  expect(circles(imports)).toEqual([]);
  const planted = [
    { file: 'domain/parse.ts', from: 'domain/xml/reading', kind: 'value' },
    { file: 'domain/xml/reading.ts', from: 'domain/definition', kind: 'value' },
    { file: 'domain/definition.ts', from: 'domain/parse', kind: 'type' },
    { file: 'domain/validate.ts', from: 'domain/definition', kind: 'type' },
    { file: 'cli/lazy.ts', from: 'cli/command', kind: 'lazy' },
    { file: 'cli/command.ts', from: 'cli/lazy', kind: 'value' },
  ] as const;
  const circle = 'domain/definition.ts, domain/parse.ts, domain/xml/reading.ts';
  expect(circles(planted)).toEqual([circle]);
  expect(circles(planted.filter(({ kind }) => kind !== 'type'))).toEqual([]);
});

test('no two folders of the driver import each other, but for these', () => {
  expect(mutualFolders(imports, 'driver')).toEqual([
    'definitions, snapshots',
    'hooks, networks',
    'lifecycle, lookup',
    'lifecycle, snapshots',
  ]);
  const planted = [
    { file: 'driver/purge/purge.ts', from: 'driver/doctor/kernel', kind: 'value' },
    { file: 'driver/doctor/leftovers.ts', from: 'driver/purge/files', kind: 'type' },
    { file: 'driver/purge/purge.ts', from: 'driver/types', kind: 'type' },
    { file: 'driver/domain.ts', from: 'driver/purge/purge', kind: 'value' },
    { file: 'driver/doctor/kernel.ts', from: 'driver/doctor/check', kind: 'value' },
  ] as const;
  expect(mutualFolders(planted, 'driver')).toEqual(['doctor, purge']);
  expect(mutualFolders(planted.slice(1), 'driver')).toEqual([]);
});

test('a folder holds at most 15 files', () => {
  expect(crowdedFolders(files)).toEqual([]);
  const planted = Array.from({ length: 16 }, (_, index) => `plan/limits/limit-${index}.ts`);
  expect(crowdedFolders([...planted, 'plan/compile.ts'])).toEqual(['plan/limits: 16 files']);
  expect(crowdedFolders([...planted.slice(1), 'plan/limits/cpu/shares.ts'])).toEqual([]);
});

test('files are named in kebab case, and for what they hold', () => {
  const names = files.flatMap((file) => [dirname(file), file]).filter((path) => path !== '.');
  expect(names.filter((path) => !/^[a-z0-9/-]+(\.ts)?$/.test(path))).toEqual([]);
  expect(names.filter((path) => /\b(utils?|helpers?|common|misc|manager)\b/.test(path))).toEqual(
    [],
  );
});

test('native/addon.cc includes every source of the addon', () => {
  const text = readFileSync(join(packageRoot, 'native/addon.cc'), 'utf8');
  const included = [...text.matchAll(/^#include "native\/addon\/(.+)"$/gm)].map(([, name]) => name);
  const sources = readdirSync(join(packageRoot, 'native/addon'));
  expect(included.sort()).toEqual(sources.filter((name) => name.endsWith('.cc')).sort());
});

/** A file of native/addon, and its text. */
type AddonFile = readonly [name: string, text: string];

/** Functions that a file declares for itself; of a header, for all that include it. */
function declaredNames([name, text]: AddonFile): string[] {
  const own = /^namespace \{$(.*?)^\} {2}\/\/ namespace$/ms.exec(text)?.[1] ?? '';
  const declared = name.endsWith('.h') ? text : own;
  const names = declared.matchAll(/^[A-Za-z][\w:<>,*& ]*[ *&](\w+)\(/gm);
  return [...new Set([...names].map(([, found]) => found ?? ''))];
}

/** Names that hide another file's: with the same parameters the compiler takes the nearer one, and says nothing. */
function hidingNames(all: readonly AddonFile[]): string[] {
  const declared = all.map((file) => ({ file: file[0], names: declaredNames(file) }));
  return [...new Set(declared.flatMap(({ names }) => names))].flatMap((name) => {
    const found = declared.filter(({ names }) => names.includes(name)).map(({ file }) => file);
    const isHidden = found.length > 1 && found.some((file) => file.endsWith('.cc'));
    return isHidden ? [`${name}: ${found.join(', ')}`] : [];
  });
}

test('no function of one source of the addon hides another’s, since they are compiled as one', () => {
  const folder = join(packageRoot, 'native/addon');
  const all = readdirSync(folder).map((name): AddonFile => {
    return [name, readFileSync(join(folder, name), 'utf8')];
  });
  expect(all.flatMap(declaredNames).length).toBeGreaterThan(100);
  expect(hidingNames(all)).toEqual([]);
  const planted =
    'namespace {\n\nstd::string nameOf(const Info& info) { return {}; }\n\n}  // namespace\n';
  const header = 'std::string nameOf(const Info& info);\n';
  expect(
    hidingNames([
      ['a.cc', planted],
      ['b.h', header],
      ['c.h', header],
    ]),
  ).toEqual(['nameOf: a.cc, b.h, c.h']);
});

/** Whether the file uses `process.NAME` with such a name. */
function usesProcess(file: string, name: RegExp): boolean {
  return sourceNodes(file).some(
    (node) =>
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'process' &&
      name.test(node.name.text),
  );
}
