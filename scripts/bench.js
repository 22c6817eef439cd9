// `npm run bench`: how fast the library and the command are, compared with the physical floor and every other installed runtime;
// `-- --help` lists the choices. Runs in a world of its own. `-- --guard` checks whether the library has become slower.
'use strict';
const { writeFileSync } = require('node:fs');
const { loadavg } = require('node:os');
const { guard } = require('./bench/guard');
const { describeMachine, machine } = require('./bench/machine');
const { helpText, readOptions } = require('./bench/options');
const { scenarios } = require('./bench/scenarios');
const { makeSite } = require('./bench/site');
const { OpenSystems, systems } = require('./bench/systems');
const { renderTable } = require('./bench/table');
const { enter, isInside } = require('./bench/world');
const { setUp } = require('./setup');
const { main, say } = require('./steps');

const names = { scenarios: Object.keys(scenarios), systems: Object.keys(systems) };

function chosenScenarios({ scenarios: chosen, all }) {
  if (chosen !== undefined) return names.scenarios.filter((name) => chosen.includes(name));
  return names.scenarios.filter((name) => all || !scenarios[name].isLong);
}

/** Measures; each table is printed as soon as it is there. Resolves with the figures, and why systems were left out. */
async function measure(options) {
  const site = await makeSite(options);
  const open = new OpenSystems(options.systems ?? names.systems, site);
  const pace = options.runs === undefined ? {} : { runs: options.runs };
  const figures = [];
  try {
    for (const name of chosenScenarios(options)) {
      say(`measuring: ${scenarios[name].title}`);
      const found = await scenarios[name].run({ site, open, pace }, name);
      process.stdout.write(`${renderTable(found).join('\n')}\n\n`);
      figures.push(...found);
    }
  } finally {
    await open.close();
    site.remove();
  }
  return { figures, leftOut: open.leftOut };
}

async function bench(options) {
  const before = machine();
  say(describeMachine(before));
  const { figures, leftOut } = await measure(options);
  const after = { load: loadavg()[0] };
  say(`all measured; load now: ${after.load.toFixed(1)}`);
  for (const [name, reasons] of Object.entries(leftOut)) {
    say(`left out: ${name}: ${reasons.join('; ')}`);
  }
  return { machine: { ...before, loadAfter: after.load }, figures, leftOut };
}

main('bench', async () => {
  const options = readOptions(process.argv.slice(2), names);
  if (options.help) {
    process.stdout.write(`${helpText({ scenarios, systems }).join('\n')}\n`);
    return;
  }
  if (!isInside()) {
    await setUp('test');
    enter();
    return;
  }
  const result = options.guard ? await guard(options) : await bench(options);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  }
});
