/** Each `@example` of the library's comments compiles, and what it gives to a call fits the shape by which the call compares it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import * as ts from 'typescript';
import { domainSpec } from '../../../lib/domain/builder/spec-shape';
import { connectParameters } from '../../../lib/driver/arguments/connection-calls';
import { makeRootParameters } from '../../../lib/rootfs/make-root';
import { checkGiven, type AnyParameters } from '../../../lib/shape/arguments';
import { packageRoot } from '../../support/process/run-command';
import { publicCalls } from '../../support/shape/public-calls';
import { sourceFiles } from '../../support/source/source-imports';

interface Example {
  /** The file that has it. */
  readonly file: string;
  readonly text: string;
}

/** What the examples take for granted, by the names that they have for it. */
const given = `{ connection, domain, network, xml, pino }: {
  connection: library.Connection; domain: library.Domain; network: library.Network;
  xml: string; pino: () => library.Logger;
}`;

/** The classes of what the examples call methods of. */
const classes: Readonly<Record<string, string>> = {
  connection: 'Connection',
  domain: 'Domain',
  network: 'Network',
  pool: 'StoragePool',
  images: 'Images',
  snapshots: 'DomainSnapshots',
  nodeDevices: 'NodeDevices',
  hostInterfaces: 'HostInterfaces',
  networkFilters: 'NetworkFilters',
  secrets: 'Secrets',
};

const functions: Readonly<Record<string, AnyParameters>> = {
  connect: connectParameters,
  domainXml: [['spec', domainSpec]],
  makeRoot: makeRootParameters,
};

const examples = sourceFiles().flatMap(examplesOf);

function examplesOf(file: string): Example[] {
  const comments =
    readFileSync(join(packageRoot, 'lib', file), 'utf8').match(/\/\*\*[^]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const lines = comment.replace(/^\/\*\*|\*\/$/g, '').replace(/^[ \t]*\* ?/gm, '');
    const [, ...parts] = lines.split(/^@example\n/m);
    return parts.map((part) => ({ file, text: part.split(/^@\w+/m)[0] ?? '' }));
  });
}

function compiled(text: string): readonly string[] {
  const name = join(packageRoot, 'test', 'examples-of-comments.ts');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    esModuleInterop: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([name], options, {
    ...host,
    fileExists: (path) => path === name || host.fileExists(path),
    getSourceFile: (path, ...rest) =>
      path === name
        ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
        : host.getSourceFile(path, ...rest),
  });
  const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(name));
  return found.map(({ messageText, start = 0 }) => {
    const line = text.slice(0, start).split('\n').length;
    return `${text.split('\n')[line - 1]}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** The calls of an example whose arguments need nothing but themselves. */
function callsOf({ text }: Example): (() => void)[] {
  const source = ts.createSourceFile('example.ts', text, ts.ScriptTarget.ES2022, true);
  const calls: (() => void)[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node)) return;
    const parameters = parametersOf(node.expression);
    const values = valuesOf(node.arguments.map((one) => one.getText()).join(', '));
    if (parameters === undefined || values === undefined) return;
    calls.push(() => checkGiven(node.expression.getText(), parameters, values));
  };
  visit(source);
  return calls;
}

function parametersOf(called: ts.Expression): AnyParameters | undefined {
  if (ts.isIdentifier(called)) return functions[called.text];
  if (!ts.isPropertyAccessExpression(called)) return undefined;
  const { expression, name } = called;
  const owner = ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : expression.getText();
  return publicCalls[classes[owner] ?? '']?.[name.text];
}

function valuesOf(list: string): readonly unknown[] | undefined {
  try {
    return runInNewContext(`[${list}]`, { console, Buffer }) as readonly unknown[];
  } catch {
    // It awaits, or names, something that only the example has.
    return undefined;
  }
}

test('every example compiles', () => {
  const bodies = examples.map(({ text }, index) => {
    const names = '{ connect, domainXml, makeRoot, checkHost, TslxcError }';
    return `export async function example${index}(${given}) { const ${names} = library; {\n${text}} }`;
  });
  const text = ["import * as library from '../lib/index';", ...bodies].join('\n');
  expect(examples.length).toBeGreaterThan(30);
  expect(compiled(text)).toEqual([]);
});

test('what the examples give to calls fits their shapes', () => {
  const calls = examples.flatMap(callsOf);
  for (const call of calls) expect(call).not.toThrow();
  expect(calls.length).toBeGreaterThan(25);
});
