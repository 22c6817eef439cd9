// `npm run fuzz -- NAME`, or `all`: searches for inputs that break a parser or a protocol of the product. `--seconds N`: for how long (60).
// An input that does is put into test/fuzz/corpus/NAME, where `npm test` tries it again. What reaches something new is kept in
// build/fuzz/corpus/NAME; `--minimize` makes the corpus of it. `--planted`: takes a check out of the product, and
// fails unless the search notices it in time.
'use strict';
const { cpSync, mkdirSync, readdirSync, renameSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { main, packageRoot, say, StepError } = require('./steps');
const { installPackages } = require('./debian-packages');
const nativeFuzzer = require('./fuzz/native-fuzzer');
const { work, writeSeeds } = require('./fuzz/seeds');
const { native, xml } = require('./fuzz/targets');
const xmlFuzzer = require('./fuzz/xml-fuzzer');

const names = [...Object.keys(native), ...Object.keys(xml)];
const corpora = join(packageRoot, 'test', 'fuzz', 'corpus');
/** What was found: kept when the corpus is minimized. */
const isCase = (file) => /^(crash|timeout|oom|slow)-/.test(file);

function fuzzerOf(name) {
  return name in native ? nativeFuzzer : xmlFuzzer;
}

function madeFolder(...path) {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The folders of a fuzzer's inputs; what is new goes to the first. */
function foldersOf(name) {
  return [madeFolder(work, 'corpus', name), madeFolder(corpora, name), writeSeeds(name)];
}

function describe(name, { executions, took, covered, counters }) {
  const rate = Math.round(executions / Math.max(took, 0.1));
  const share = ((100 * covered) / Math.max(counters, 1)).toFixed(1);
  return `${name}: ${executions} inputs in ${took.toFixed(0)} s, ${rate} a second; ${covered} of ${counters} branches reached (${share} %)`;
}

/** Searches; throws when something was found. Resolves with the figures. */
async function fuzz(name, { seconds }) {
  const result = await fuzzerOf(name).search(name, {
    seconds,
    folders: foldersOf(name),
    artifacts: join(corpora, name),
  });
  say(describe(name, result));
  if (result.finding !== undefined) {
    process.stdout.write(result.finding);
    throw new StepError(`${name}: found an input, which is in test/fuzz/corpus/${name} now`);
  }
  return result;
}

/** Throws unless each planted bug is found within `seconds`. Resolves with the seconds that each took. */
async function findPlanted(name, { seconds }) {
  const took = [];
  for (const planted of { ...native, ...xml }[name].planted) {
    took.push(await findBug(name, { seconds, planted }));
  }
  return took;
}

async function findBug(name, { seconds, planted }) {
  // What an earlier search has reached would make it easier.
  const into = join(work, 'planted', name);
  rmSync(into, { recursive: true, force: true });
  const { took, finding } = await fuzzerOf(name).search(name, {
    seconds,
    folders: [madeFolder(into, 'corpus'), writeSeeds(name)],
    artifacts: madeFolder(into, 'found'),
    planted,
  });
  if (readdirSync(join(into, 'found')).length === 0) {
    if (finding !== undefined) process.stdout.write(finding);
    const bug = `the bug planted in ${planted.file}`;
    throw new StepError(`${name}: did not find ${bug} within ${seconds} s`);
  }
  say(`${name}: found the bug planted in ${planted.file} after ${took.toFixed(1)} s`);
  return took;
}

/** Makes the corpus of the project anew, of itself and of what was kept. */
async function minimize(name) {
  const into = join(work, 'minimized');
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const corpus = join(corpora, name);
  await fuzzerOf(name).minimize(name, { folders: foldersOf(name), artifacts: corpus, into });
  for (const file of readdirSync(corpus)) {
    if (isCase(file)) cpSync(join(corpus, file), join(into, file));
  }
  rmSync(corpus, { recursive: true });
  renameSync(into, corpus);
  say(`${name}: ${readdirSync(corpus).length} inputs`);
}

function parseWords(words) {
  const task = ['--planted', '--minimize'].find((word) => words.includes(word)) ?? '--search';
  const at = words.indexOf('--seconds');
  const seconds = at === -1 ? 60 : Number(words[at + 1]);
  const known = words.filter(
    (word, index) => word !== task && word !== '--seconds' && (at === -1 || index !== at + 1),
  );
  const unknown = known.find((word) => word !== 'all' && !names.includes(word));
  if (unknown !== undefined || known.length === 0 || !(seconds > 0)) {
    const reason = unknown === undefined ? '' : `unknown: ${unknown}; `;
    throw new StepError(
      `${reason}npm run fuzz -- NAME… [--seconds N] [--planted | --minimize]; names: ${names.join(' ')} all`,
    );
  }
  return { chosen: known.includes('all') ? names : known, task, seconds };
}

const tasks = { '--search': fuzz, '--planted': findPlanted, '--minimize': minimize };

module.exports = { findPlanted, fuzz, names };

if (require.main === module) {
  main('fuzz', async () => {
    const { chosen, task, seconds } = parseWords(process.argv.slice(2));
    await installPackages('fuzz');
    const faults = [];
    for (const name of chosen) {
      await tasks[task](name, { seconds }).catch((error) => {
        if (!(error instanceof StepError)) throw error;
        faults.push(error.message);
      });
    }
    if (faults.length > 0) throw new StepError(faults.join('\n'));
  });
}
