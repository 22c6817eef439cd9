// Scenarios with one container of each system at a time. A run is a player's turn.
'use strict';
const { StepError } = require('../../steps');
const { figureOf } = require('../figure');
const { systems } = require('../systems');
const { takeTurns } = require('../turns');

const cpuTitle = "the caller's CPU for a start and destroy";

/** What the action resolves with; when it throws a StepError, the system is left out with its reason. */
async function attempt({ open }, name, action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    open.leaveOut(name, error.message);
    return undefined;
  }
}

/** The units of the wanted systems that can do this, each with a container of that variant. */
async function makeUnits(context, { variant = 'plain', program = 'sleep', action }) {
  const { open } = context;
  const units = {};
  for (const name of open.able({ variant, action })) {
    const spec = { name: `bench-${name}-${variant}-${program}`, variant, program };
    const unit = await attempt(context, name, async () => (await open.get(name))?.make(spec));
    if (unit !== undefined) units[name] = unit;
  }
  return units;
}

async function removeUnits(context, units) {
  for (const [name, unit] of Object.entries(units)) {
    await attempt(context, name, () => unit.remove());
  }
}

/** Players of `play(unit)`, by turns. Resolves with their samples. */
async function measure(context, units, { play, ...pace }) {
  const players = Object.entries(units).map(([name, unit]) => [name, () => play(unit)]);
  const onFailure = (name, message) => context.open.leaveOut(name, message);
  const limits = Object.fromEntries(
    Object.keys(units).map((name) => [name, systems[name]?.mostRuns ?? pace.runs]),
  );
  return takeTurns(Object.fromEntries(players), { ...pace, limits, onFailure });
}

/** What is to be known of some systems beside their figures. */
function notesOf(units) {
  const noted = Object.keys(units).filter((name) => systems[name]?.note !== undefined);
  return Object.fromEntries(noted.map((name) => [name, systems[name].note]));
}

function figures(scenario, titles, { samples, units }) {
  return Object.entries(titles)
    .filter(([quantity]) => samples[quantity] !== undefined)
    .map(([quantity, title]) => {
      const key = `${scenario}.${quantity}`;
      const what = { key, title, unit: 'ms', reference: 'floor', notes: notesOf(units) };
      return figureOf(what, samples[quantity]);
    });
}

async function startAndDestroy(unit) {
  unit.takeCpu?.();
  const start = await unit.start();
  const destroy = await unit.destroy();
  return { start, destroy, ...(unit.takeCpu && { cpu: unit.takeCpu() }) };
}

/** A container of the library as it is without the variant. */
async function plainLibrary({ open }) {
  if (!open.isWanted('library')) return {};
  const system = await open.get('library');
  const spec = { name: 'bench-without', variant: 'plain', program: 'sleep' };
  return { 'library, without': await system.make(spec) };
}

/** Start and destroy of one variant. `pace`: runs, and perhaps `batch` and `gap` as takeTurns has them. */
function cycle({ title, variant = 'plain', words = '', ...pace }) {
  return {
    title,
    async run(context, scenario) {
      const units = {
        ...(await makeUnits(context, { variant, action: 'start' })),
        ...(variant !== 'plain' && (await plainLibrary(context))),
      };
      const play = startAndDestroy;
      const samples = await measure(context, units, { ...pace, ...context.pace, play });
      await removeUnits(context, units);
      const titles = {
        start: `start${words}`,
        destroy: `destroy${words}`,
        cpu: `${cpuTitle}${words}`,
      };
      return figures(scenario, titles, { samples, units });
    },
  };
}

/** Commands in containers that run. */
function execution({ title, ...pace }) {
  return {
    title,
    async run(context, scenario) {
      const units = await makeUnits(context, { action: 'exec' });
      const running = {};
      for (const [name, unit] of Object.entries(units)) {
        const started = await attempt(context, name, () => unit.start());
        if (started !== undefined) running[name] = unit;
      }
      const play = async (unit) => ({ exec: await unit.exec() });
      const samples = await measure(context, running, { ...pace, ...context.pace, play });
      for (const [name, unit] of Object.entries(running)) {
        await attempt(context, name, () => unit.destroy());
      }
      await removeUnits(context, units);
      return figures(scenario, { exec: title }, { samples, units });
    },
  };
}

/** Containers that end by themselves. */
function shortLife({ title, ...pace }) {
  return {
    title,
    async run(context, scenario) {
      const units = await makeUnits(context, { program: 'true', action: 'run' });
      const play = async (unit) => ({ run: await unit.run() });
      const samples = await measure(context, units, { ...pace, ...context.pace, play });
      await removeUnits(context, units);
      return figures(scenario, { run: title }, { samples, units });
    },
  };
}

module.exports = { attempt, cycle, execution, makeUnits, removeUnits, shortLife };
