/**
 * Which command lines of `tslxc` the tests with containers, networks and the real host run, read from their syntax: the words
 * that a test writes down where it calls `runCommand` and the like, or a function of its own that hands them on. A mention
 * anywhere else is none, nor is what a test takes out of a table.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { packageRoot } from '../process/run-command';
import { descendants } from './source-imports';

/** A word as it is written; undefined where only a run knows it. */
export type Word = string | undefined;

export interface CommandUse {
  /** From test/. */
  readonly file: string;
  /** All of the command line. */
  readonly words: readonly Word[];
  /** `refused`: the test expects it to fail. */
  readonly outcome: 'run' | 'refused';
}

/** What runs nothing, or only what is made for it. */
const unreal = /^(unit|golden|fuzz|support|parity)\//;

/** Modules of test/support whose functions run it. */
const running =
  /process\/(run-command|command-on|start-parent)'|domain\/(test-domain|failed-start)'/;

/** Functions of test/support that run the command, and which of their arguments are its words. */
const known: Readonly<Record<string, Runner>> = {
  runCommand: { words: [{ parameter: 0, kind: 'array' }], outcome: 'run' },
  runSuccessfully: { words: [{ parameter: 0, kind: 'array' }], outcome: 'run' },
  spawnCommand: { words: [{ parameter: 0, kind: 'array' }], outcome: 'run' },
  runWithoutRoom: { words: [{ parameter: 0, kind: 'array' }], outcome: 'refused' },
  commandLine: { words: [{ parameter: 0, kind: 'rest' }], outcome: 'run' },
  startFromParent: {
    words: ['start', undefined, '--background', '--console-fd', '27', '--handshake-fd', '30'],
    outcome: 'run',
  },
  startByCommand: { words: ['start', undefined, '--handshake-fd', '3'], outcome: 'refused' },
  says: { words: lineAndWords(), outcome: 'run' },
  refuses: { words: lineAndWords(), outcome: 'refused' },
};

function lineAndWords(): Runner['words'] {
  return [
    { parameter: 0, kind: 'line' },
    { parameter: 1, kind: 'rest' },
  ];
}

/** Methods of TestDomain that do. */
const methods: Readonly<Record<string, Runner>> = {
  run: {
    words: [{ parameter: 0, kind: 'one' }, undefined, { parameter: 1, kind: 'rest' }],
    outcome: 'run',
  },
  try: { words: [{ parameter: 0, kind: 'array' }], outcome: 'run' },
  spawn: { words: [{ parameter: 0, kind: 'array' }], outcome: 'run' },
};

/**
 * A place of a command line that a parameter fills: by all arguments from its own on, by the elements of one, by one, or by
 * the words of a line.
 */
interface Place {
  readonly parameter: number;
  readonly kind: 'rest' | 'array' | 'one' | 'line';
}

interface Runner {
  readonly words: readonly (Word | Place)[];
  readonly outcome: CommandUse['outcome'];
}

export function commandUses(): CommandUse[] {
  const folder = join(packageRoot, 'test');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !unreal.test(file))
    .flatMap((file) => usesIn(file, readFileSync(join(folder, file), 'utf8')));
}

/** Those of one file. */
export function usesIn(file: string, text: string): CommandUse[] {
  if (!running.test(text)) return [];
  const nodes = descendants(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  const runners = runnersIn(nodes);
  const arrays = constantArrays(nodes);
  return nodes.filter(ts.isCallExpression).flatMap((call) => {
    const runner = runnerOf(call, runners);
    const lines =
      runner === undefined
        ? rowsOf(call)
        : [...commandsOf(fill(runner.words, call, { arrays, parameters: [] })), ...inputOf(call)];
    const own = lines.length === 0 ? undefined : enclosingFunction(call);
    // The call that makes a function one that runs the command is no use of it.
    if (own !== undefined && isHandedOn(call, own)) return [];
    const isRefused = runner === undefined || runner.outcome === 'refused';
    const outcome = isRefused ? 'refused' : demanded(call);
    return lines.map((words) => ({ file, words: words.map(asKnown), outcome }));
  });
}

/** Those that are known, and the functions of a file that hand words on to one of them or of these. */
function runnersIn(nodes: readonly ts.Node[]): ReadonlyMap<string, Runner> {
  const runners = new Map(Object.entries(known));
  const functions = nodes.flatMap((node) => namedFunction(node) ?? []);
  const calls = functions.map((one) => ({
    ...one,
    calls: descendants(one.body)
      .filter(ts.isCallExpression)
      .filter((call) => isHandedOn(call, one.definition)),
  }));
  for (let before = -1; before < runners.size;) {
    before = runners.size;
    for (const one of calls) addRunner(one, runners);
  }
  return runners;
}

/** The commands that it reads: `spawnCommand(words, { input: 'cd /\npwd\n' })`. */
function inputOf(call: ts.CallExpression): (readonly Word[])[] {
  const input = call.arguments
    .flatMap((argument) => (ts.isObjectLiteralExpression(argument) ? [...argument.properties] : []))
    .find((property) => ts.isPropertyAssignment(property) && property.name.getText() === 'input');
  const text =
    input === undefined || !ts.isPropertyAssignment(input) ? undefined : textOf(input.initializer);
  return text === undefined ? [] : text.split(/[\n;]/).map((line) => line.trim().split(/ +/));
}

/** The first words of the rows of `refusesEach([['LINE', 'MESSAGE'], …])`, each a command line. */
function rowsOf({ expression, arguments: [rows] }: ts.CallExpression): (readonly Word[])[] {
  if (!ts.isIdentifier(expression) || expression.text !== 'refusesEach') return [];
  if (rows === undefined || !ts.isArrayLiteralExpression(rows)) return [];
  return rows.elements.flatMap((row) => {
    const [line] = ts.isArrayLiteralExpression(row) ? row.elements : [];
    return line === undefined ? [] : [wordsOfLine(textOf(line))];
  });
}

function runnerOf(
  call: ts.CallExpression,
  runners: ReadonlyMap<string, Runner>,
): Runner | undefined {
  const { expression } = call;
  if (ts.isIdentifier(expression)) return runners.get(expression.text);
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const name = expression.name.text;
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

interface NamedFunction {
  readonly name: string;
  readonly definition: FunctionNode;
  readonly body: ts.Node;
}

/** A function that hands words of its parameters on to a runner is a runner too. */
function addRunner(
  {
    name,
    definition,
    body,
    calls,
  }: NamedFunction & { readonly calls: readonly ts.CallExpression[] },
  runners: Map<string, Runner>,
): void {
  if (runners.has(name)) return;
  for (const call of calls) {
    const runner = runnerOf(call, runners);
    if (runner === undefined) continue;
    const scope = { arrays: new Map(), parameters: definition.parameters };
    const fails = runner.outcome === 'refused' || demandsFailure(body);
    runners.set(name, {
      words: fill(runner.words, call, scope),
      outcome: fails ? 'refused' : 'run',
    });
    return;
  }
}

type FunctionNode = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression;

function namedFunction(node: ts.Node): NamedFunction | undefined {
  if (ts.isFunctionDeclaration(node) && node.name !== undefined && node.body !== undefined) {
    return { name: node.name.text, definition: node, body: node.body };
  }
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return undefined;
  const { initializer } = node;
  if (initializer === undefined || !ts.isArrowFunction(initializer)) return undefined;
  return { name: node.name.text, definition: initializer, body: initializer.body };
}

/** The function with a name that a node is in. */
function enclosingFunction(node: ts.Node): FunctionNode | undefined {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    const named = namedFunction(at);
    if (named !== undefined) return named.definition;
  }
  return undefined;
}

/** Whether the call gets words of these parameters. */
function isHandedOn(call: ts.CallExpression, { parameters }: FunctionNode): boolean {
  const names = parameters.map(({ name }) => name.getText());
  return call.arguments.some((argument) =>
    descendants(argument).some((node) => ts.isIdentifier(node) && names.includes(node.text)),
  );
}

/** What the names in a call may stand for. */
interface Scope {
  readonly arrays: ReadonlyMap<string, readonly ts.Expression[]>;
  /** Of the function that the call is in, where that hands them on. */
  readonly parameters: readonly ts.ParameterDeclaration[];
}

/** A runner's words with the arguments of a call in their places; what a parameter stands for stays a place. */
function fill(words: Runner['words'], call: ts.CallExpression, scope: Scope): (Word | Place)[] {
  return words.flatMap((word) => {
    if (typeof word !== 'object') return [word];
    const given = call.arguments.slice(word.parameter);
    const [first] = given;
    if (word.kind === 'rest') return wordsOf(given, scope);
    if (first === undefined) return [];
    if (word.kind === 'line') return lineOf(first, scope);
    if (word.kind === 'one') return wordsOf([first], scope);
    return arrayWords(first, scope);
  });
}

function wordsOf(expressions: readonly ts.Expression[], scope: Scope): (Word | Place)[] {
  return expressions.flatMap((expression): (Word | Place)[] => {
    if (ts.isSpreadElement(expression)) return arrayWords(expression.expression, scope);
    const text = textOf(expression);
    if (text !== undefined) return [text];
    const parameter = parameterOf(expression, scope);
    return parameter < 0 ? [undefined] : [{ parameter, kind: 'one' }];
  });
}

function lineOf(expression: ts.Expression, scope: Scope): (Word | Place)[] {
  const parameter = parameterOf(expression, scope);
  return parameter < 0 ? wordsOfLine(textOf(expression)) : [{ parameter, kind: 'line' }];
}

/** Its index; -1 for what is none. */
function parameterOf(expression: ts.Expression, { parameters }: Scope): number {
  return parameters.findIndex(
    ({ name }) => ts.isIdentifier(expression) && name.getText() === expression.text,
  );
}

/** Stands for what only a run knows. */
const hole = '\0';

/** A text as it is written; of a template with a hole for each value. */
function textOf(expression: ts.Expression): Word {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isBinaryExpression(expression)) {
    const [left, right] = [textOf(expression.left), textOf(expression.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (!ts.isTemplateExpression(expression)) return undefined;
  return (
    expression.head.text +
    expression.templateSpans.map(({ literal }) => hole + literal.text).join('')
  );
}

function wordsOfLine(line: Word): Word[] {
  return line === undefined ? [undefined] : line.split(' ');
}

/** `--lines=…`: the name of an option is known where its value is not. */
function asKnown(word: Word | Place): Word {
  if (typeof word === 'object') return undefined;
  if (word?.includes(hole) !== true) return word;
  return /^--[a-z-]+=/.exec(word)?.[0];
}

/** The words of an array: of one that is written here, of a parameter, of a constant, or unknown ones. */
function arrayWords(expression: ts.Expression, scope: Scope): (Word | Place)[] {
  if (ts.isArrayLiteralExpression(expression)) return wordsOf(expression.elements, scope);
  if (!ts.isIdentifier(expression)) return [];
  const parameter = parameterOf(expression, scope);
  if (parameter < 0) return wordsOf(scope.arrays.get(expression.text) ?? [], scope);
  const isRest = scope.parameters[parameter]?.dotDotDotToken !== undefined;
  return [{ parameter, kind: isRest ? 'rest' : 'array' }];
}

/** `const words = ['console', name]`. */
function constantArrays(nodes: readonly ts.Node[]): Map<string, readonly ts.Expression[]> {
  const arrays = new Map<string, readonly ts.Expression[]>();
  for (const node of nodes) {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) continue;
    const { initializer } = node;
    const value =
      initializer !== undefined && ts.isAsExpression(initializer)
        ? initializer.expression
        : initializer;
    if (value !== undefined && ts.isArrayLiteralExpression(value)) {
      arrays.set(node.name.text, value.elements);
    }
  }
  return arrays;
}

/** One word with several commands, as a shell of ours reads them, is those. */
function commandsOf(words: readonly (Word | Place)[]): (readonly (Word | Place)[])[] {
  const [first] = words;
  if (words.length !== 1 || typeof first !== 'string' || !/[ ;]/.test(first)) return [words];
  return first.split(';').map((command) => command.trim().split(/ +/));
}

/** The status that the test expects: `expect(await run(…)).toMatchObject({ code: 1 })`, `expect((await …).code).toBe(1)`. */
function demanded(call: ts.CallExpression): CommandUse['outcome'] {
  for (let at: ts.Node = call; !ts.isStatement(at); at = at.parent) {
    if (!ts.isCallExpression(at) || !ts.isPropertyAccessExpression(at.expression)) continue;
    if (
      at.expression.name.text === 'toBe' &&
      /\.code\)$/.test(at.expression.expression.getText())
    ) {
      return isFailure(at.arguments[0]) ? 'refused' : 'run';
    }
    const [matched] = at.arguments;
    if (!/^to(MatchObject|Equal)$/.test(at.expression.name.text) || matched === undefined) continue;
    const code = ts.isObjectLiteralExpression(matched)
      ? matched.properties.find(isCode)
      : undefined;
    return isFailure(code?.initializer) ? 'refused' : 'run';
  }
  return 'run';
}

function isCode(property: ts.ObjectLiteralElementLike): property is ts.PropertyAssignment {
  return ts.isPropertyAssignment(property) && property.name.getText() === 'code';
}

function isFailure(status: ts.Node | undefined): boolean {
  return status !== undefined && ts.isNumericLiteral(status) && status.text !== '0';
}

/** The same within a function: `expect(code).toBe(1)`, `expect([code, stdout]).toEqual([1, …])`. */
function demandsFailure(body: ts.Node): boolean {
  return /expect\(\[?code\b[^)]*\)\.to(Be|Equal)\(\[?[1-9]/.test(body.getText());
}
