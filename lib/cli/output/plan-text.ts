/** A plan as readable text: the program, and all steps, numbered and grouped by where they are executed. Pure. */
import { hexadecimal } from '../../exact-json';
import { describeOperation, namespaceNames } from '../../plan/describe';
import type { Operation } from '../../plan/operation';
import type { Plan } from '../../plan/plan';
import { escapedJson, printable } from '../../printable';

/** Each line ends with a newline; sections are separated by empty lines. */
export function planText(plan: Plan): string {
  const { header } = plan;
  const width = String(
    Math.max(plan.outside.length, plan.mapped.length, plan.inside.length),
  ).length;
  const steps = (operations: readonly Operation[]): string[] =>
    operations.map(
      (operation, index) => `${String(index + 1).padStart(width)}. ${describeOperation(operation)}`,
    );
  return [
    section(`Container '${header.name}'`, containerLines(plan)),
    section('Outside, by the monitor in the namespaces of the host', steps(plan.outside)),
    ...(plan.mapped.length === 0
      ? []
      : [section('Outside, once init exists and its ids are mapped', steps(plan.mapped))]),
    section('Inside, by init in its own namespaces', steps(plan.inside)),
    section('Process', processLines(plan)),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  const shown = lines.length === 0 ? ['(nothing)'] : lines;
  return [title, ...shown.map((line) => `  ${line}`)]
    .map((line) => `${printable(line)}\n`)
    .join('');
}

/** The plan as JSON; 64-bit numbers become hexadecimal strings. */
export function planJson(plan: Plan): string {
  const replacer = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? hexadecimal(value) : value;
  return `${escapedJson(JSON.stringify(plan, replacer, 2))}\n`;
}

function containerLines({ header }: Plan): string[] {
  return [
    `new namespaces: ${namespaceNames(header.namespaces).join(', ')}`,
    ...idMapLines('uids', header.uidMap),
    ...idMapLines('gids', header.gidMap),
    ...(header.namespaceOwner === 0
      ? []
      : [`what each user of the host may have: counted for ${String(header.namespaceOwner)}`]),
    `consoles: ${String(header.consoles)}, the last ${String(header.replayBytes)} bytes kept`,
    ...outputLines(header.outputFiles),
    `cgroup: ${header.unifiedCgroup === '' ? 'version 1 only' : header.unifiedCgroup}`,
    `state: ${header.runDirectory}`,
    `deadline: ${String(header.deadline)} ms`,
  ];
}

/** The files to which the output of consoles is also written. */
function outputLines(files: readonly string[]): string[] {
  return files.flatMap((file, console) =>
    file === '' ? [] : [`output of console ${String(console)}: also to ${file}`],
  );
}

function idMapLines(what: string, map: string): string[] {
  if (map === '') return [];
  const ranges = map
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [start = '', target = '', count = ''] = line.split(' ');
      return `${count} from ${start} as ${target} on the host`;
    });
  return [`${what}: ${ranges.join(', ')}`];
}

function processLines({ header }: Plan): string[] {
  return [`execute ${header.argv.map(quoted).join(' ')}`, ...header.environment];
}

/** The word, quoted for a shell if necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
