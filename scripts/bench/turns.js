// Runs the systems in turn, so that other load on the machine affects all of them equally.
'use strict';
const { StepError } = require('../steps');

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Adds the values of one run, by quantity, to `samples`, which has lists by quantity and player. */
function collect(samples, name, values) {
  for (const [quantity, value] of Object.entries(values)) {
    samples[quantity] ??= {};
    samples[quantity][name] ??= [];
    samples[quantity][name].push(value);
  }
}

/**
 * Calls each of `players` `runs` times, `batch` times at a turn, after one call that doesn't count, and each after `gap`
 * milliseconds of quiet; those named in `limits` at most so many times. A player resolves with its values by the names of the quantities. One that throws a StepError takes no further
 * part, and `onFailure(name, message)` is told. Resolves with the values by quantity and player.
 */
async function takeTurns(players, { runs, batch = 1, gap = 0, limits = {}, onFailure }) {
  const samples = {};
  const playing = new Map(Object.entries(players));
  const play = async (name, times, onValues) => {
    try {
      for (let run = 0; run < times; run += 1) {
        if (gap > 0) await pause(gap);
        onValues(await playing.get(name)());
      }
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      playing.delete(name);
      onFailure(name, error.message);
    }
  };
  for (const name of [...playing.keys()]) await play(name, 1, () => undefined);
  for (let done = 0; done < runs; done += batch) {
    for (const name of [...playing.keys()]) {
      const left = Math.min(runs, limits[name] ?? runs) - done;
      await play(name, Math.min(batch, left), (values) => collect(samples, name, values));
    }
  }
  return samples;
}

module.exports = { takeTurns };
