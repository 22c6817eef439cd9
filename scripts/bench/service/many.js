// What a service does with many containers at a time, and how long its event loop stands still meanwhile.
'use strict';
const { monitorEventLoopDelay } = require('node:perf_hooks');

const concurrency = 8;
const hundred = 100;

/** How long the action took, and the longest time that nothing else could run, in milliseconds. */
async function watched(action) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await action();
  const milliseconds = performance.now() - started;
  // What stood still at the end is only noticed afterwards.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { milliseconds, longest: delay.max / 1e6 };
}

/** Calls `action` with each of them, so many at a time; resolves with the milliseconds at which each was over. */
async function inTurn(all, action) {
  const left = [...all];
  const started = performance.now();
  const ends = [];
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      await action(one);
      ends.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return ends;
}

/** The milliseconds that the first and the last hundred took. */
function hundreds(ends) {
  const last = ends.length - 1;
  return { first: ends[hundred - 1], last: ends[last] - ends[Math.max(last - hundred, 0)] };
}

function expectAll(found, count, what) {
  if (found !== count) throw new Error(`${found} of ${count} containers are ${what}`);
}

function manyActions({ connection, domains, domainOf }) {
  const define = async ({ name, xml }) => {
    domains.set(name, await connection.defineDomain(xml));
  };
  return {
    defineMany: async ({ documents }) => watched(() => inTurn(documents, define)),
    startMany: async ({ names }) => {
      let ends;
      const all = await watched(async () => {
        ends = await inTurn(names, (name) => domainOf(name).start());
      });
      return { ...all, ...hundreds(ends) };
    },
    listMany: ({ count }) =>
      watched(async () => {
        const { length } = await connection.listDomains({ state: 'active' });
        expectAll(length, count, 'listed');
      }),
    measureMany: ({ count }) =>
      watched(async () => {
        const all = await connection.stats({ filter: { state: 'active' } });
        expectAll(all.filter(({ cpu, memory }) => cpu && memory).length, count, 'measured');
      }),
    startAtOnce: ({ names }) =>
      watched(() => Promise.all(names.map((name) => domainOf(name).start()))),
    destroyAtOnce: ({ names }) =>
      watched(() => Promise.all(names.map((name) => domainOf(name).destroy()))),
    undefineMany: ({ names }) =>
      watched(async () => {
        for (const name of names) {
          await domainOf(name).undefine();
          domains.delete(name);
        }
      }),
  };
}

module.exports = { manyActions };
