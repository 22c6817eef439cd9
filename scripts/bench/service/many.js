// What a service does with many containers at a time, and how long its event loop is held meanwhile.
'use strict';
const { watched } = require('./watched');

const concurrency = 8;
const hundred = 100;

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

/** The milliseconds that each hundred took, from the end of the one before. */
function hundredsOf(ends) {
  const at = ends.filter((_, index) => (index + 1) % hundred === 0);
  return at.map((end, index) => end - (at[index - 1] ?? 0));
}

function expectAll(found, count, what) {
  if (found !== count) throw new Error(`${found} of ${count} containers are ${what}`);
}

function manyActions({ connection, domains, domainOf }) {
  const atOnce = (all, action) => watched(() => Promise.all(all.map(action)));
  return {
    /** What V8 compiles, and what is done once in a process, is over afterwards. */
    async warmUp({ name, times }) {
      for (let time = 0; time < times; time += 1) {
        await domainOf(name).start();
        await domainOf(name).destroy();
      }
    },
    defineAtOnce: ({ documents }) =>
      atOnce(documents, async ({ name, xml }) => {
        domains.set(name, await connection.defineDomain(xml));
      }),
    startMany: async ({ names }) => {
      let ends;
      const all = await watched(async () => {
        ends = await inTurn(names, (name) => domainOf(name).start());
      });
      return { ...all, hundreds: hundredsOf(ends) };
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
    startAtOnce: ({ names }) => atOnce(names, (name) => domainOf(name).start()),
    destroyAtOnce: ({ names }) => atOnce(names, (name) => domainOf(name).destroy()),
    undefineAtOnce: ({ names }) =>
      atOnce(names, async (name) => {
        await domainOf(name).undefine();
        domains.delete(name);
      }),
  };
}

module.exports = { manyActions };
