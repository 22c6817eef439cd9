// What strace(1) has written of one start and destroy (-f -ttt): which process is which, how often each has called what, and when
// it was at work.
'use strict';

const line = /^(\d+) +(\d+\.\d+) (.*)$/;
const call = /^(?:(\w+)\(|<\.\.\. (\w+) resumed>)/;
/** A call that makes a process or a thread, and its end. */
const makes = /^(?:<\.\.\. )?(?:clone3?|v?fork)(?:\(| resumed>)/;
const result = /= (\d+)(?: .*)?$/;

/** The lines that are calls: `pid`, `time` in milliseconds since the epoch, `name`, whether it is the `begin`, and its text. */
function readCalls(text) {
  return text.split('\n').flatMap((one) => {
    const [, pid, seconds, words] = line.exec(one) ?? [];
    const [, begun, resumed] = call.exec(words ?? '') ?? [];
    if (begun === undefined && resumed === undefined) return [];
    const time = Number(seconds) * 1000;
    return [
      { pid: Number(pid), time, name: begun ?? resumed, isBegin: begun !== undefined, words },
    ];
  });
}

/** Who made whom: threads belong to the process that made them. Returns a function from pid to generation, from 0. */
function generations(calls) {
  const parents = new Map();
  const threadFlags = new Map();
  for (const { pid, words, isBegin } of calls) {
    if (!makes.test(words)) continue;
    if (isBegin) threadFlags.set(pid, words.includes('CLONE_THREAD'));
    const made = Number(result.exec(words)?.[1] ?? 0);
    if (made > 0) parents.set(made, { parent: pid, isThread: threadFlags.get(pid) });
  }
  const generationOf = (pid, depth = 0) => {
    const { parent, isThread } = parents.get(pid) ?? {};
    // A pid of another PID namespace may look like an ancestor's.
    if (parent === undefined || depth > 20) return 0;
    return generationOf(parent, depth + 1) + (isThread ? 0 : 1);
  };
  return generationOf;
}

/** Processes by what they are, as the start makes them. */
const kinds = ['caller', 'stage 0', 'monitor', 'init'];
const kindOf = (generation) => kinds[generation] ?? 'below init';

function countBy(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.entries(counts).sort((a, b) => b[1] - a[1]);
}

/**
 * For each kind of process that called something between `begin` and `end` (milliseconds since the epoch): how much in all,
 * the counts by name with the most frequent first, and the milliseconds after `begin` of its first and last call.
 */
function summarizeTrace(text, { begin, end }) {
  const calls = readCalls(text);
  const generationOf = generations(calls);
  const within = calls.filter(({ time, isBegin }) => isBegin && time >= begin && time <= end);
  return [...kinds, 'below init'].flatMap((kind) => {
    const own = within.filter(({ pid }) => kindOf(generationOf(pid)) === kind);
    if (own.length === 0) return [];
    const counts = countBy(own.map(({ name }) => name));
    const [first, last] = [own[0].time - begin, own.at(-1).time - begin];
    return [{ kind, calls: own.length, counts, first, last }];
  });
}

module.exports = { generations, readCalls, summarizeTrace };
