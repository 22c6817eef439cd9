// Many containers in one service: defined and started some at a time, listed, measured, and destroyed all at once. Also how long
// its event loop stood still, and whether the last hundred took longer than the first.
'use strict';
const { figureOf } = require('../figure');
const { documentOf } = require('../systems/library');

const listings = 7;
const steps = ['define', 'start', 'list', 'measure', 'destroy'];

/** What each step took: lists of `milliseconds` and `longest`. */
async function measureSteps(service, documents) {
  const names = documents.map(({ name }) => name);
  const count = names.length;
  const all = Object.fromEntries(steps.map((step) => [step, []]));
  all.define.push(await service.ask('defineMany', { documents }));
  try {
    all.start.push(await service.ask('startMany', { names }));
    for (let time = 0; time < listings; time += 1) {
      all.list.push(await service.ask('listMany', { count }));
      all.measure.push(await service.ask('measureMany', { count }));
    }
    all.destroy.push(await service.ask('destroyAtOnce', { names }));
  } finally {
    await service.ask('undefineMany', { names });
  }
  return all;
}

/** Milliseconds of the floor's start and destroy for as many, one after another. */
async function floorOf(system, count) {
  const unit = await system.make();
  const total = { start: 0, destroy: 0 };
  for (let one = 0; one < count; one += 1) {
    total.start += await unit.start();
    total.destroy += await unit.destroy();
  }
  return total;
}

const values = (all, key) =>
  Object.fromEntries(steps.map((step) => [step, all[step].map((one) => one[key])]));

function figures(scenario, { count, all, floor }) {
  const [{ first, last }] = all.start;
  const floorRow = floor === undefined ? {} : { 'floor, starts': [floor.start] };
  return [
    figureOf(
      {
        key: `${scenario}.time`,
        title: `${count} in one service`,
        unit: 'ms',
        reference: 'floor, starts',
        notes: {
          'floor, starts': 'one after another',
          start: '8 at a time',
          destroy: 'all at once',
        },
      },
      { ...floorRow, ...values(all, 'milliseconds') },
    ),
    figureOf(
      { key: `${scenario}.loop`, title: `the event loop stood still, ${count}`, unit: 'ms' },
      values(all, 'longest'),
    ),
    figureOf(
      {
        key: `${scenario}.hundreds`,
        title: `starts of a hundred of ${count}`,
        unit: 'ms',
        reference: 'the first',
      },
      { 'the first': [first], 'the last': [last] },
    ),
  ];
}

/** The scenario of that many. */
function many(count) {
  return {
    title: `${count} in one service: start, list, statistics, destroy, event loop`,
    isLong: true,
    async run({ open, site }, scenario) {
      const library = await open.get('library');
      const floor = open.isWanted('floor')
        ? await floorOf(await open.get('floor'), count)
        : undefined;
      const documents = Array.from({ length: count }, (_, index) => {
        const name = `bench-many-${index}`;
        return { name, xml: documentOf(site, { name, variant: 'plain', program: 'sleep' }) };
      });
      const all = await measureSteps(library.service, documents);
      return figures(scenario, { count, all, floor });
    },
  };
}

module.exports = { many };
