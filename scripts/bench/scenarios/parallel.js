// A hundred containers at once: all started in the same moment, then all destroyed. Programs are run by one shell, in the
// background.
'use strict';
const { figureOf } = require('../figure');
const { takeTurns } = require('../turns');
const { attempt } = require('./one');

const count = 100;
const able = ['floor', 'library', 'lxc', 'crun', 'runc'];
const names = Array.from({ length: count }, (_, index) => `bench-parallel-${index}`);
const spec = (name) => ({ name, variant: 'plain', program: 'sleep' });

/** A script that runs all of these at once, and fails when one of them does. */
function allAtOnce(commands) {
  const each = commands.map((argv) => `${argv.join(' ')} & p="$p $!"`);
  return ['sh', '-c', [...each, 'for one in $p; do wait $one || exit 1; done'].join('; ')];
}

/** What starts and destroys them: for the floor one after another, which is all that it can. */
async function makePlayer(name, system) {
  if (name === 'library') {
    const { service } = system;
    for (const one of names) await system.make(spec(one));
    return {
      start: async () => (await service.ask('startAtOnce', { names })).milliseconds,
      destroy: async () => (await service.ask('destroyAtOnce', { names })).milliseconds,
      remove: () => service.ask('undefineAtOnce', { names }),
    };
  }
  const units = [];
  for (const one of names) units.push(await system.make(spec(one)));
  const script = (action) => allAtOnce(units.map(({ words }) => words[action]));
  const [begin, end] = [script('start'), script('destroy')];
  return {
    start: () => system.stopwatch.run(...begin),
    destroy: () => system.stopwatch.run(...end),
    remove: async () => undefined,
  };
}

async function makeFloor(system) {
  const unit = await system.make();
  const times = async () => {
    const total = { start: 0, destroy: 0 };
    for (let one = 0; one < count; one += 1) {
      total.start += await unit.start();
      total.destroy += await unit.destroy();
    }
    return total;
  };
  let last;
  return {
    start: async () => {
      last = await times();
      return last.start;
    },
    destroy: async () => last.destroy,
    remove: async () => undefined,
  };
}

const parallel = {
  title: `${count} in parallel`,
  async run(context, scenario) {
    const { open } = context;
    const players = {};
    for (const name of open.able({ variant: 'plain', action: 'start' })) {
      if (!able.includes(name)) continue;
      const player = await attempt(context, name, async () => {
        const system = await open.get(name);
        if (system === undefined) return undefined;
        return name === 'floor' ? makeFloor(system) : makePlayer(name, system);
      });
      if (player !== undefined) players[name] = player;
    }
    const turns = Object.entries(players).map(([name, { start, destroy }]) => [
      name,
      async () => ({ start: await start(), destroy: await destroy() }),
    ]);
    const onFailure = (name, message) => open.leaveOut(name, message);
    const runs = Math.min(context.pace.runs ?? 3, 10);
    const samples = await takeTurns(Object.fromEntries(turns), { runs, onFailure });
    for (const [name, { remove }] of Object.entries(players)) {
      await attempt(context, name, remove);
    }
    return ['start', 'destroy'].map((quantity) =>
      figureOf(
        {
          key: `${scenario}.${quantity}`,
          title: `${quantity} of ${count} at once`,
          unit: 'ms',
          reference: 'floor',
          notes: { floor: 'one after another' },
        },
        samples[quantity] ?? {},
      ),
    );
  },
};

module.exports = { parallel };
