// What a bench can measure, in the order in which it does. Each scenario has a `title`, perhaps `isLong`, and `run(context, NAME)`,
// which resolves with its figures. The context has the `site`, the `open` systems, and `pace`, with `runs` when they are asked for.
'use strict';
const { commandTime } = require('./scenarios/command');
const { consoleThroughput } = require('./scenarios/console');
const { idle } = require('./scenarios/idle');
const { many } = require('./scenarios/many');
const { cycle, execution, shortLife } = require('./scenarios/one');
const { parallel } = require('./scenarios/parallel');

const coldGap = 300;

const scenarios = {
  start: cycle({ title: 'start and destroy, hot', words: ', hot', runs: 40, batch: 5 }),
  cold: cycle({
    title: `start and destroy after ${coldGap} ms of quiet`,
    words: ', cold',
    runs: 10,
    gap: coldGap,
  }),
  run: shortLife({ title: 'start, and the end of true', runs: 15 }),
  exec: execution({ title: 'true in a running container', runs: 40, batch: 5 }),
  interface: cycle({
    title: 'start and destroy with an interface on a bridge',
    words: ' with an interface',
    variant: 'interface',
    runs: 15,
  }),
  idmap: cycle({
    title: 'start and destroy with a user namespace',
    words: ' with an idmap',
    variant: 'idmap',
    runs: 15,
  }),
  overlay: cycle({
    title: 'start and destroy with an overlay as root',
    words: ' with an overlay',
    variant: 'overlay',
    runs: 15,
  }),
  parallel,
  console: consoleThroughput,
  idle,
  command: commandTime,
  many: many(500),
  thousand: many(1000),
};

module.exports = { scenarios };
