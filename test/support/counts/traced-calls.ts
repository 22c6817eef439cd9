/** The text that strace(1) has written of one process and of all that it has made, as calls: who made each, where and with what result. */
import { join } from 'node:path';
import { packageRoot } from '../process/run-command';

export interface TracedCall {
  readonly pid: number;
  readonly name: string;
  /** As strace prints it, with arguments and, unless the process died in it, the result. */
  readonly text: string;
}

interface Line {
  readonly pid: number;
  readonly name: string;
  readonly isBegin: boolean;
  readonly words: string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { readCalls, generations } = require(join(packageRoot, 'scripts/bench/profile/trace.js')) as {
  readCalls: (text: string) => Line[];
  generations: (lines: readonly Line[]) => (pid: number) => number;
};

export interface Trace {
  /** In the order in which they began. */
  readonly calls: readonly TracedCall[];
  /** How many processes lie between the traced one and this one, counted from 0; a thread is of its process's. */
  readonly generationOf: (pid: number) => number;
}

const unfinished = /\s*<unfinished \.\.\.>$/;

/** Joins the two parts of each call that others came between. */
export function parseTrace(text: string): Trace {
  const lines = readCalls(text);
  const calls: { pid: number; name: string; text: string }[] = [];
  const open = new Map<number, { text: string }>();
  for (const { pid, name, isBegin, words } of lines) {
    if (!isBegin) {
      const begun = open.get(pid);
      if (begun !== undefined) begun.text += words.replace(/^<\.\.\. \w+ resumed>/, '');
      open.delete(pid);
      continue;
    }
    const call = { pid, name, text: words.replace(unfinished, '') };
    calls.push(call);
    if (unfinished.test(words)) open.set(pid, call);
  }
  return { calls, generationOf: generations(lines) };
}

/** The result of a call as a number; undefined for none. */
export function resultOf({ text }: TracedCall): number | undefined {
  const [, result] = /.*\)\s+= (-?\d+)/s.exec(text) ?? [];
  return result === undefined ? undefined : Number(result);
}
