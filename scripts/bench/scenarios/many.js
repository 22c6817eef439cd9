// Many containers in one service: defined all at once, started some at a time, listed, measured, and destroyed and undefined all at
// once. Also how long its event loop was held, and whether a later hundred took longer than the first.
'use strict';
const { figureOf } = require('../figure');
const { documentOf } = require('../systems/library');

const listings = 7;
const warmUps = 20;
const defaultRounds = 3;
const steps = ['define', 'start', 'list', 'measure', 'destroy', 'undefine'];

/**
 * In the host's network: the kernel removes network namespaces by the dozen, in a worker that occupies a processor for tens of
 * milliseconds at a time on a kernel without preemption, and would delay everything that is measured.
 */
function documentsOf(site, count) {
  return Array.from({ length: count }, (_, index) => {
    const name = `bench-many-${index}`;
    return { name, xml: documentOf(site, { name, variant: 'shared', program: 'sleep' }) };
  });
}

async function warmUp(service, [document]) {
  await service.ask('defineAtOnce', { documents: [document] });
  await service.ask('warmUp', { name: document.name, times: warmUps });
  await service.ask('undefineAtOnce', { names: [document.name] });
}

/** What each step of a round took: lists of what `watched` measures. */
async function measureRound(service, documents) {
  const names = documents.map(({ name }) => name);
  const count = names.length;
  const all = Object.fromEntries(steps.map((step) => [step, []]));
  all.define.push(await service.ask('defineAtOnce', { documents }));
  try {
    all.start.push(await service.ask('startMany', { names }));
    for (let time = 0; time < listings; time += 1) {
      all.list.push(await service.ask('listMany', { count }));
      all.measure.push(await service.ask('measureMany', { count }));
    }
    all.destroy.push(await service.ask('destroyAtOnce', { names }));
  } finally {
    all.undefine.push(await service.ask('undefineAtOnce', { names }));
  }
  return all;
}

/** Milliseconds of the floor's start for as many, one after another. */
async function floorOf(system, count) {
  const unit = await system.make();
  let total = 0;
  for (let one = 0; one < count; one += 1) {
    total += await unit.start();
    await unit.destroy();
  }
  return total;
}

/** What of a step is a table of its own: the key of the figure, its title, and which of the measured. */
const tables = [
  ['cpu', 'processor time in the caller', 'cpu'],
  ['loop', 'the event loop was held', 'longest'],
  ['ran', 'its thread ran at a go', 'ran'],
  ['waited', 'its thread waited for a processor at a go', 'waited'],
];

const valuesOf = (rounds, step, key) => rounds.flatMap((all) => all[step].map((one) => one[key]));
const byStep = (rounds, key) =>
  Object.fromEntries(steps.map((step) => [step, valuesOf(rounds, step, key)]));

const hundredName = (index) => `${index * 100 + 1} to ${index * 100 + 100}`;

function figures(scenario, { count, rounds, floors }) {
  const title = `${count} in one service`;
  return [
    figureOf(
      {
        key: `${scenario}.time`,
        title,
        unit: 'ms',
        reference: 'floor, starts',
        notes: {
          'floor, starts': 'one after another',
          start: '8 at a time',
          define: 'all at once',
          destroy: 'all at once',
          undefine: 'all at once',
        },
      },
      { 'floor, starts': floors, ...byStep(rounds, 'milliseconds') },
    ),
    ...tables.map(([key, what, measured]) =>
      figureOf(
        { key: `${scenario}.${key}`, title: `${title}: ${what}`, unit: 'ms' },
        byStep(rounds, measured),
      ),
    ),
    figureOf(
      {
        key: `${scenario}.hundreds`,
        title: `starts of a hundred of ${count}`,
        unit: 'ms',
        reference: hundredName(0),
      },
      Object.fromEntries(
        rounds[0].start[0].hundreds.map((_, index) => [
          hundredName(index),
          rounds.map(({ start: [{ hundreds }] }) => hundreds[index]),
        ]),
      ),
    ),
  ];
}

/** The scenario of that many. */
function many(count) {
  return {
    title: `${count} in one service: define, start, list, statistics, destroy, event loop`,
    isLong: true,
    async run({ open, site, pace }, scenario) {
      const { service } = await open.get('library');
      const documents = documentsOf(site, count);
      await warmUp(service, documents);
      const [rounds, floors] = [[], []];
      for (let round = 0; round < (pace.runs ?? defaultRounds); round += 1) {
        if (open.isWanted('floor')) floors.push(await floorOf(await open.get('floor'), count));
        rounds.push(await measureRound(service, documents));
      }
      return figures(scenario, { count, rounds, floors });
    },
  };
}

module.exports = { many };
