// The physical limit: floor.cc.
'use strict';
const { LineProcess } = require('../line-process');
const { compiled } = require('../programs');
const { timedUnit } = require('./timed-unit');

const actions = ['start', 'destroy', 'exec', 'run'];

/** It takes the time itself. */
async function open(site) {
  const program = await compiled('floor');
  const floor = new LineProcess([program, site.root]);
  const act = async (action) => {
    const [milliseconds, cpu] = (await floor.ask(action)).split(' ').map(Number);
    return { milliseconds, cpu };
  };
  const unit = timedUnit(actions, act, async () => undefined);
  return { make: async () => unit, close: () => floor.end() };
}

module.exports = {
  title: 'the same kernel objects, made with nothing around them (scripts/bench/floor.cc)',
  variants: ['plain'],
  actions,
  missing: () => undefined,
  open,
};
