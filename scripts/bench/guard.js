// Whether the library has become slower: compares its times, as multiples of the floor's in the same run, with bounds.json. Other
// load on the machine makes a run slower, never faster. So the smallest time counts, of the library and of the floor, and rounds are
// added until every bound is kept, or the maximum number of rounds is reached.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { StepError, say } = require('../steps');
const { makeSite } = require('./site');
const { spreadOf } = require('./statistics');
const { OpenSystems } = require('./systems');
const { takeTurns } = require('./turns');
const { cgroups } = require('./world');

const file = join(__dirname, 'bounds.json');
const pace = { runs: 20, batch: 5 };
/** Rounds until it is believed that it is slower, and those that bounds are made of. */
const mostRounds = 8;
const savedRounds = 12;
/** A spread below this is luck; one above hides what is to be found. */
const leastSpread = 0.15;
const mostSpread = 0.3;

/** What is compared, as multiples of the floor's. */
const quantities = ['start', 'destroy', 'exec', 'cpu'];

/** The smallest of the samples of a round, by quantity and system. */
function smallest(samples) {
  const least = (bySystem) =>
    Object.entries(bySystem).map(([system, values]) => [system, Math.min(...values)]);
  return Object.fromEntries(
    quantities.map((quantity) => [quantity, Object.fromEntries(least(samples[quantity]))]),
  );
}

/** The ratio of a quantity, of the smallest values of all these rounds. */
function ratioOf(rounds, quantity) {
  const least = (system) => Math.min(...rounds.map((round) => round[quantity][system]));
  return least('library') / least('floor');
}

/** What rounds say beside the bounds: for each quantity what it is now, the limit, and whether it is over it. */
function judge(rounds, bounds) {
  return Object.entries(bounds).map(([quantity, { ratio, spread }]) => {
    const now = ratioOf(rounds, quantity);
    const limit = ratio * (1 + spread);
    return { quantity, now, ratio, limit, isWorse: now > limit };
  });
}

/** Bounds of rounds: the ratio of all of them, and how far those of each were apart. */
function boundsOf(rounds) {
  const rounded = (value) => Number(value.toFixed(2));
  return Object.fromEntries(
    quantities.map((quantity) => {
      const apart = spreadOf(rounds.map((round) => ratioOf([round], quantity)));
      const spread = Math.min(Math.max(apart, leastSpread), mostSpread);
      return [quantity, { ratio: rounded(ratioOf(rounds, quantity)), spread: rounded(spread) }];
    }),
  );
}

async function play(unit) {
  const start = await unit.start();
  const exec = await unit.exec();
  const destroy = await unit.destroy();
  return { start, exec, destroy, cpu: unit.takeCpu() };
}

/** Resolves with a function that measures one round. */
async function makeRound(open) {
  const players = {};
  for (const name of ['floor', 'library']) {
    const system = await open.get(name);
    if (system === undefined) throw new StepError(open.leftOut[name].join('; '));
    const unit = await system.make({ name: 'bench-guard', variant: 'plain', program: 'sleep' });
    players[name] = () => play(unit);
  }
  const onFailure = (name, message) => {
    throw new StepError(`${name}: ${message}`);
  };
  return async () => smallest(await takeTurns(players, { ...pace, onFailure }));
}

/** Calls `use` with what measures a round. */
async function withRounds(use) {
  const site = await makeSite();
  const open = new OpenSystems(['floor', 'library'], site);
  try {
    return await use(await makeRound(open));
  } finally {
    await open.close();
    site.remove();
  }
}

function describe({ quantity, now, ratio, limit, isWorse }) {
  const verdict = isWorse ? 'WORSE' : 'well';
  return `${verdict}: ${quantity}: ${now.toFixed(2)} × the floor; ${ratio} when the bound was set, at most ${limit.toFixed(2)}`;
}

async function compare(bounds) {
  const rounds = [];
  let verdicts;
  await withRounds(async (round) => {
    do {
      rounds.push(await round());
      verdicts = judge(rounds, bounds);
    } while (rounds.length < mostRounds && verdicts.some(({ isWorse }) => isWorse));
  });
  for (const verdict of verdicts) say(describe(verdict));
  const worse = verdicts.filter(({ isWorse }) => isWorse);
  if (worse.length > 0) {
    const which = worse.map(({ quantity }) => quantity).join(', ');
    throw new StepError(`slower than the bound after ${rounds.length} rounds: ${which}`);
  }
  return { rounds, verdicts };
}

async function save(all, kind) {
  const rounds = [];
  await withRounds(async (round) => {
    while (rounds.length < savedRounds) rounds.push(await round());
  });
  const bounds = boundsOf(rounds);
  writeFileSync(file, `${JSON.stringify({ ...all, [kind]: bounds }, undefined, 2)}\n`);
  for (const [quantity, { ratio, spread }] of Object.entries(bounds)) {
    say(`saved: ${quantity}: ${ratio} × the floor, spread ${(100 * spread).toFixed(0)} %`);
  }
  return { rounds, bounds };
}

/** Compares with the bounds of this kind of host, or makes them anew. Throws when it is slower. */
async function guard(options) {
  const all = JSON.parse(readFileSync(file, 'utf8'));
  const kind = cgroups().version;
  if (options.save) return save(all, kind);
  if (all[kind] !== undefined) return compare(all[kind]);
  say(`there are no bounds for hosts with cgroup ${kind}: npm run bench -- --guard --save`);
  return { rounds: [] };
}

module.exports = { boundsOf, guard, judge };
