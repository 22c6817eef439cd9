// The command beside a Node.js that does nothing: start, destroy, and the list of a hundred domains.
'use strict';
const { figureOf } = require('../figure');
const { takeTurns } = require('../turns');
const { tslxc } = require('../systems/command');

const count = 100;
const reference = 'node -e 0';

const commandTime = {
  title: `the command with ${count} domains, beside ${reference}`,
  async run({ open, pace }, scenario) {
    const system = await open.get('command');
    const { stopwatch } = system;
    const units = [];
    for (let index = 0; index < count; index += 1) {
      const name = `bench-command-${index}`;
      units.push(await system.make({ name, variant: 'plain', program: 'sleep' }));
    }
    const [unit] = units;
    const players = {
      [reference]: async () => ({ time: await stopwatch.run(process.execPath, '-e', '0') }),
      'tslxc start': async () => ({ time: await unit.start() }),
      'tslxc list': async () => ({ time: await stopwatch.run(...tslxc, 'list', '--all') }),
      'tslxc destroy': async () => ({ time: await unit.destroy() }),
    };
    const onFailure = (name, message) => open.leaveOut('command', `${name}: ${message}`);
    const samples = await takeTurns(players, { runs: pace.runs ?? 20, onFailure });
    for (const one of units) await one.remove();
    const what = { key: `${scenario}.time`, title: 'the command', unit: 'ms', reference };
    return [figureOf(what, samples.time ?? {})];
  },
};

module.exports = { commandTime };
