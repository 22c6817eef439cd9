// Whether the library has become slower: compares its times, as multiples of the floor's in the same run, with bounds.json, which has
// bounds for each kind of machine. In a round, the library and the floor take turns, and the smallest time of each counts: other load
// makes a run slower, never faster. What is judged is the median of a fixed number of rounds: no round is added or left out for
// what it says.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { StepError, say } = require('../steps');
const { kindHere, machine } = require('./machine');
const { makeSite } = require('./site');
const { median, spreadOf } = require('./statistics');
const { OpenSystems } = require('./systems');
const { takeTurns } = require('./turns');

const file = join(__dirname, 'bounds.json');
const pace = { runs: 20, batch: 5 };
/** Rounds of one verdict, and how many verdicts bounds are made of. */
const roundsOfVerdict = 8;
const savedVerdicts = 5;
/** A spread below this is luck; one above would hide what is to be found, and is not saved. */
const leastSpread = 0.15;
const mostSpread = 0.3;

/** What is compared, as multiples of the floor's. */
const quantities = ['start', 'destroy', 'exec', 'cpu'];

const howToMake = 'on a machine that does nothing else: npm run bench -- --guard --save';

/** The ratios of a round, of the smallest of its samples. */
function ratiosOf(samples) {
  return Object.fromEntries(
    quantities.map((quantity) => {
      const { library, floor } = samples[quantity];
      return [quantity, Math.min(...library) / Math.min(...floor)];
    }),
  );
}

function ratioOf(rounds, quantity) {
  return median(rounds.map((round) => round[quantity]));
}

/** What rounds say beside the bounds: for each quantity what it is now, the limit, and whether it is over it. */
function judge(rounds, bounds) {
  return Object.entries(bounds).map(([quantity, { ratio, spread }]) => {
    const now = ratioOf(rounds, quantity);
    const limit = ratio * (1 + spread);
    return { quantity, now, ratio, limit, isWorse: now > limit };
  });
}

/** Bounds of several verdicts' rounds: the median of what each would have said, and how far these were apart. */
function boundsOf(verdicts) {
  const rounded = (value) => Number(value.toFixed(2));
  return Object.fromEntries(
    quantities.map((quantity) => {
      const ratios = verdicts.map((rounds) => ratioOf(rounds, quantity));
      const apart = spreadOf(ratios);
      if (apart > mostSpread) {
        const percent = (100 * apart).toFixed(0);
        throw new StepError(
          `nothing is saved: ${quantity} differed by ${percent} % within this run, which would hide what is to be found; ${howToMake}`,
        );
      }
      const spread = rounded(Math.max(apart, leastSpread));
      return [quantity, { ratio: rounded(median(ratios)), spread }];
    }),
  );
}

/** The bounds of a kind of machine. @throws StepError when there are none, which is no success. */
function boundsFor(kind, { kinds }) {
  if (kinds[kind] !== undefined) return kinds[kind];
  const known = Object.keys(kinds).join('; ');
  throw new StepError(
    `there are no bounds for this kind of machine (${kind}), only for: ${known}. To make them, ${howToMake}`,
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
  return async () => ratiosOf(await takeTurns(players, { ...pace, onFailure }));
}

/** Resolves with the rounds of a verdict, by processes of its own: one that has run longer is faster, as more of it is compiled. */
async function measureVerdict(site) {
  const open = new OpenSystems(['floor', 'library'], site);
  try {
    const round = await makeRound(open);
    const rounds = [];
    while (rounds.length < roundsOfVerdict) rounds.push(await round());
    return rounds;
  } finally {
    await open.close();
  }
}

/** Resolves with the rounds of so many verdicts. */
async function measure(verdicts) {
  const site = await makeSite();
  try {
    const measured = [];
    while (measured.length < verdicts) measured.push(await measureVerdict(site));
    return measured;
  } finally {
    site.remove();
  }
}

function describe({ quantity, now, ratio, limit, isWorse }) {
  const verdict = isWorse ? 'WORSE' : 'well';
  return `${verdict}: ${quantity}: ${now.toFixed(2)} × the floor; ${ratio} when the bound was set, at most ${limit.toFixed(2)}`;
}

/** Measures, says each verdict, and resolves with them, and with the names of what is worse. */
async function compare(bounds) {
  const [rounds] = await measure(1);
  const verdicts = judge(rounds, bounds);
  for (const verdict of verdicts) say(describe(verdict));
  const worse = verdicts.filter(({ isWorse }) => isWorse).map(({ quantity }) => quantity);
  return { rounds, verdicts, worse };
}

async function guardBounds(bounds) {
  const { worse, ...result } = await compare(bounds);
  if (worse.length === 0) return result;
  throw new StepError(
    `slower than the bound, by the median of ${roundsOfVerdict} rounds: ${worse.join(', ')}`,
  );
}

/** control: what makes every action of the library half as slow again must be found. */
async function control(bounds) {
  process.env.TSLXC_BENCH_PLANT = '0.5';
  const { worse, ...result } = await compare(bounds);
  const missed = Object.keys(bounds).filter((quantity) => !worse.includes(quantity));
  if (missed.length === 0) return result;
  throw new StepError(`half as slow again, and not found: ${missed.join(', ')}`);
}

async function save(all, kind) {
  const { load } = machine();
  if (load > 1)
    say(`load ${load.toFixed(1)}: bounds made beside other work may not hold without it`);
  const measured = await measure(savedVerdicts);
  const bounds = boundsOf(measured);
  const kinds = { ...all.kinds, [kind]: bounds };
  writeFileSync(file, `${JSON.stringify({ ...all, kinds }, undefined, 2)}\n`);
  for (const [quantity, { ratio, spread }] of Object.entries(bounds)) {
    say(`saved: ${quantity}: ${ratio} × the floor, spread ${(100 * spread).toFixed(0)} %`);
  }
  return { rounds: measured.flat(), bounds };
}

/** Compares with the bounds of this kind of machine, or makes them anew. Throws when it is slower, or when there are none. */
async function guard(options) {
  const all = JSON.parse(readFileSync(file, 'utf8'));
  const kind = kindHere();
  say(`this kind of machine: ${kind}`);
  if (options.save) return save(all, kind);
  const bounds = boundsFor(kind, all);
  return options.control ? control(bounds) : guardBounds(bounds);
}

module.exports = { boundsFor, boundsOf, guard, judge, ratiosOf };
