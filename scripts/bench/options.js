// The words after `npm run bench --`.
'use strict';
const { StepError } = require('../steps');

/** Options with a value, and what it becomes. */
const valued = {
  '--scenario': 'scenarios',
  '--system': 'systems',
  '--runs': 'runs',
  '--json': 'json',
};
const flags = {
  '--all': 'all',
  '--spawn-from-node': 'spawnsFromNode',
  '--guard': 'guard',
  '--save': 'save',
  '--control': 'control',
  '--help': 'help',
};
const lists = ['scenarios', 'systems'];

function wholeNumber(word) {
  const number = Number(word);
  if (Number.isInteger(number) && number > 0) return number;
  throw new StepError(`--runs takes a number from 1, and not ${word}`);
}

/** Names separated by commas, all of them known. */
function names(text, known) {
  const chosen = text.split(',');
  const stranger = chosen.find((name) => !known.includes(name));
  if (stranger === undefined) return chosen;
  throw new StepError(`unknown: ${stranger}; there are ${known.join(' ')}`);
}

/**
 * `known` has the names of all `scenarios` and `systems`, and perhaps `only`: which options there are. A list that is given again
 * is added to.
 */
function readOptions(words, known) {
  const options = {};
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const key = flags[word] ?? valued[word];
    if (key === undefined || known.only?.includes(key) === false) {
      throw new StepError(`unknown option ${word}: see npm run bench -- --help`);
    }
    if (flags[word] !== undefined) {
      options[key] = true;
      continue;
    }
    const value = left.shift();
    if (value === undefined) throw new StepError(`${word} takes a value`);
    if (lists.includes(key)) options[key] = [...(options[key] ?? []), ...names(value, known[key])];
    else options[key] = key === 'runs' ? wholeNumber(value) : value;
  }
  for (const key of ['save', 'control']) {
    if (options[key] && !options.guard) throw new StepError(`--${key} goes with --guard`);
  }
  if (options.save && options.control) throw new StepError('--save is not for a planted fault');
  return options;
}

/** `scenarios` and `systems` have a `title` each, by their names; a scenario perhaps `isLong`. */
function helpText({ scenarios, systems }) {
  const list = (all) =>
    Object.entries(all).map(
      ([name, { title, isLong }]) =>
        `  ${name.padEnd(12)} ${title}${isLong ? ' (only by name or with --all)' : ''}`,
    );
  return [
    'npm run bench -- [--scenario NAME[,NAME…]] [--system NAME[,NAME…]] [--runs N] [--json FILE] [--all]',
    '                 [--spawn-from-node]',
    'npm run bench -- --guard [--save|--control] [--json FILE]',
    '',
    'Measures by turns in one run, in namespaces of its own. Medians of a shared machine mean little; ratios do.',
    '',
    'scenarios:',
    ...list(scenarios),
    '',
    'systems:',
    ...list(systems),
    '',
    '--runs N     how many of each (scenarios with many containers: rounds, by default one)',
    '--json FILE  all figures, and every value that was measured',
    '--spawn-from-node',
    "             the peers' programs are run by child_process of Node.js, and not by a small program of ours",
    '--guard      fails when the library is slower beside the floor than scripts/bench/bounds.json says for this kind of machine',
    '--save       with --guard: writes the bounds of this kind of machine anew, as measured now',
    '--control    with --guard: makes every action half as slow again, and fails when that is not found',
  ];
}

module.exports = { helpText, readOptions };
