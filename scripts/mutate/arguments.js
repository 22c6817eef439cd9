// What `npm run mutate` is told: files, and options that take words.
'use strict';
const { statSync } = require('node:fs');
const { StepError } = require('../steps');

const usage = 'usage: npm run mutate -- FILE… [--tests TEST…] [--most N] [--seed N]';

/** Of those that are built for each mutant. */
const defaults = { most: 40, seed: 1 };

function number(option, words) {
  if (words.length !== 1 || !/^\d+$/.test(words[0])) {
    throw new StepError(`${option} takes one number; ${usage}`);
  }
  return Number(words[0]);
}

/** The words after each option; those before the first are under ''. */
function byOption(argv) {
  const found = new Map([['', []]]);
  let option = '';
  for (const word of argv) {
    if (word.startsWith('--')) found.set((option = word), []);
    else found.get(option).push(word);
  }
  return found;
}

/** Files and tests are paths from the root of the package. */
function readArguments(argv, root) {
  const words = byOption(argv);
  const known = ['', '--tests', '--most', '--seed'];
  const unknown = [...words.keys()].find((option) => !known.includes(option));
  if (unknown !== undefined) throw new StepError(`unknown option ${unknown}; ${usage}`);
  const [files, tests = []] = [words.get(''), words.get('--tests')];
  if (files.length === 0) throw new StepError(usage);
  for (const file of [...files, ...tests]) {
    const isThere = statSync(`${root}/${file}`, { throwIfNoEntry: false })?.isFile() === true;
    if (!isThere) throw new StepError(`there is no file ${file} below ${root}`);
  }
  const kind = files.find((file) => !/\.([tj]s|cc|h)$/.test(file));
  if (kind !== undefined) throw new StepError(`${kind} is neither TypeScript nor C++`);
  const numberOf = (name) =>
    words.has(`--${name}`) ? number(`--${name}`, words.get(`--${name}`)) : defaults[name];
  return { files, tests, most: numberOf('most'), seed: numberOf('seed') };
}

module.exports = { readArguments };
