// The physical limit: floor.cc.
'use strict';
const { LineProcess } = require('../line-process');
const { compiled } = require('../programs');

/** Milliseconds of each action, taken by the program itself. */
async function open(site) {
  const program = await compiled('floor');
  const floor = new LineProcess([program, 'private', site.root]);
  const act = (word) => async () => Number(await floor.ask(word));
  const unit = {
    start: act('start'),
    destroy: act('destroy'),
    exec: act('exec'),
    run: act('run'),
    remove: async () => undefined,
  };
  return { make: async () => unit, close: () => floor.end() };
}

module.exports = {
  title: 'the same kernel objects, made with nothing around them (scripts/bench/floor.cc)',
  variants: ['plain'],
  actions: ['start', 'destroy', 'exec', 'run'],
  missing: () => undefined,
  open,
};
