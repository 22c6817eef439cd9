/**
 * One life of a container, a start, a command in it and a destroy, by a caller with a process of its own, under strace(1). The caller
 * has been through it before: what is loaded, compiled and kept in memory once is there. Each part lasts until all processes wait
 * for the next one, so that the calls of a part are all that it leads to, however long that takes.
 */
import { threadsOf } from '../process/at-rest';
import { DrivenChild } from '../process/driven-child';
import type { DrivenOptions } from '../process/driven-child';
import { Strace } from './strace';
import { parseTrace } from './traced-calls';
import type { TracedCall } from './traced-calls';

export const parts = ['start', 'exec', 'destroy'] as const;
export type Part = (typeof parts)[number];

/** What a process is, by how it came to be. */
export type Process = 'caller' | 'stage 0' | 'monitor' | 'init' | 'attendant' | 'command';

export interface CountedCall extends TracedCall {
  readonly process: Process;
}

export type TracedLife = Readonly<Record<Part, readonly CountedCall[]>>;

/** What the caller does in each part; `domain` and `fs` are there. */
export const usualActs: Readonly<Record<Part, string>> = {
  start: 'await domain.start();',
  exec: "await domain.exec(['/bin/true'], { stdin: 'ignore' });",
  destroy: 'await domain.destroy();',
};

export interface LifeOptions {
  /** tslxc's root, with the domain. */
  readonly root: string;
  readonly name: string;
  /** What is done in place of `usualActs`, and only while it is counted. */
  readonly acts?: Partial<Record<Part, string>>;
  readonly child?: DrivenOptions;
}

/** A file that is never there: looking for it marks a place in the trace. */
const marks = '/tslxc-count/';

const act = (name: string, words: string): string => `
  const fs = require('node:fs');
  globalThis.counted ??= await connection.lookupDomainByName(${JSON.stringify(name)});
  const domain = globalThis.counted;
  ${words}`;

/** Lives that are not counted: what is kept from the second time on is kept. */
const warmingUp = 3;

export async function traceLife({ root, name, acts, child }: LifeOptions): Promise<TracedLife> {
  await using caller = await DrivenChild.start(root, child);
  const whole = parts.map((part) => usualActs[part]).join('\n');
  for (let life = 0; life < warmingUp; life += 1) await caller.run(act(name, whole));
  await using strace = await Strace.attach(caller.pid);
  const threads = threadsOf(caller.pid);
  for (const part of parts) {
    await strace.untilAtRest();
    const mark = `fs.existsSync('${marks}${part}');`;
    await caller.run(act(name, `${mark}\n${acts?.[part] ?? usualActs[part]}`));
  }
  await strace.untilAtRest();
  await caller.run(act(name, `fs.existsSync('${marks}end');`));
  return lifeOf(await strace.end(), new Set([...threads, ...threadsOf(caller.pid)]));
}

/** The processes of each part, by how many are between them and the caller; a command's is any further one. */
const lineages: Readonly<Record<Part, readonly Process[]>> = {
  start: ['caller', 'stage 0', 'monitor', 'init'],
  exec: ['caller', 'stage 0', 'attendant', 'command'],
  destroy: ['caller'],
};

/** `threads` are the caller's. */
function lifeOf(text: string, threads: ReadonlySet<number>): TracedLife {
  const { calls, generationOf } = parseTrace(text);
  const life: Record<Part, CountedCall[]> = { start: [], exec: [], destroy: [] };
  const known = new Map<number, Process>();
  let part: Part | 'before' | 'end' = 'before';
  for (const call of calls) {
    const [, mark] = new RegExp(`${marks}(\\w+)`).exec(call.text) ?? [];
    if (mark !== undefined) part = mark as Part | 'end';
    if (mark !== undefined || part === 'before' || part === 'end') continue;
    const lineage = lineages[part];
    const last = lineage.length - 1;
    const generation = generationOf(call.pid);
    // What a process in another PID namespace has made is unknown: it is told of by its number there.
    const isUnknown = generation === 0 && !threads.has(call.pid);
    const process =
      known.get(call.pid) ?? lineage[isUnknown ? last : Math.min(generation, last)] ?? 'caller';
    known.set(call.pid, process);
    life[part].push({ ...call, process });
  }
  return life;
}
