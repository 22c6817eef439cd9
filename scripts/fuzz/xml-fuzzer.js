// A fuzzer of an XML parser: test/fuzz/xml with the parsers of lib, bundled into one file in which every statement and branch of
// theirs is counted. By these counts it knows what an input has reached.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');
const { packageRoot, run, runOrFail } = require('../steps');
const { plantedText } = require('./planted');
const { work } = require('./seeds');
const { buildTarOracle } = require('./tar-oracle');
const { xml } = require('./targets');

/** What is counted unless the row of the table says otherwise: the parsers, and saxes below them. */
const parsers = /[/\\](lib[/\\].*\.ts|node_modules[/\\]saxes[/\\].*\.js)$/;

/** The sources of the words that the search tries, those that the parsers compare names and values with. */
const speaking = /[/\\]lib[/\\](domain|network|plan)[/\\]/;
const word = /["'`]([^\s"'`<>&\\]{1,40})["'`]/g;

/** Instruments a module: it counts in `fuzzCounters` from index `first` on. Returns its text, and the index after its last counter. */
function count(text, path, first) {
  const { createInstrumenter } = require('istanbul-lib-instrument');
  const instrumenter = createInstrumenter({ esModules: true, compact: true });
  const code = instrumenter.instrumentSync(text, path);
  const { s: statements, b: branches } = instrumenter.lastFileCoverage();
  let next = first;
  const indexes = new Map();
  for (const key of Object.keys(statements)) indexes.set(`s[${key}]`, next++);
  for (const [key, arms] of Object.entries(branches)) {
    arms.forEach((_, arm) => indexes.set(`b[${key}][${arm}]`, next++));
  }
  // Faster than the instrumenter's own code, which makes a call and uses two objects for each statement.
  const counting = code
    .replace(
      /cov_\w+\(\)\.((?:s|b\[\d+\])\[\d+\])\+\+/g,
      (_, key) => `fuzzCounters[${indexes.get(key)}]++`,
    )
    .replace(/cov_\w+\(\)\.f\[\d+\]\+\+/g, '0');
  return { code: counting, next };
}

/** esbuild's plugin that counts in the sources that are `counted`; with the planted bug in its file. `total` gets the counters and words. */
function counting(counted, planted, total) {
  const { transformSync } = require('esbuild');
  return {
    name: 'counting',
    setup(build) {
      build.onLoad({ filter: counted }, ({ path }) => {
        const isPlanted = planted !== undefined && relative(packageRoot, path) === planted.file;
        const text = isPlanted ? plantedText(planted) : readFileSync(path, 'utf8');
        const { code } = transformSync(text, {
          loader: path.endsWith('.ts') ? 'ts' : 'js',
          target: 'node20',
        });
        if (speaking.test(path)) for (const [, each] of code.matchAll(word)) total.words.add(each);
        const { code: contents, next } = count(code, path, total.counters);
        total.counters = next;
        return { contents, loader: 'js' };
      });
    },
  };
}

/** Statements and branches that a text must bring to be kept in the corpus. */
const usualGain = 8;

async function build(name, planted) {
  const { build: bundle } = require('esbuild');
  const outfile = join(work, planted === undefined ? `${name}.js` : `${name}-planted.js`);
  const total = { counters: 0, words: new Set() };
  const { outputFiles } = await bundle({
    absWorkingDir: packageRoot,
    entryPoints: [join('test', 'fuzz', 'xml', 'main.ts')],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    plugins: [counting(xml[name].counted ?? parsers, planted, total)],
    logLevel: 'error',
  });
  const head = [
    `const fuzzCounters = new Uint32Array(${total.counters});`,
    `const fuzzWords = ${JSON.stringify([...total.words])};`,
  ];
  writeFileSync(outfile, `${head.join('\n')}\n${outputFiles[0].text}`);
  return outfile;
}

/** With the program that answers for others what is read, where the row of the table says so. */
async function environment(name) {
  if (xml[name].asksTar !== true) return process.env;
  return { ...process.env, TSLXC_TAR_ORACLE: await buildTarOracle() };
}

/** Searches for `seconds`; resolves with the figures, and with what was found or undefined. */
async function search(name, { seconds, folders, artifacts, planted }) {
  const script = await build(name, planted);
  const { longest } = xml[name];
  const settings = JSON.stringify({
    task: 'search',
    subject: name,
    seconds,
    longest,
    folders,
    artifacts,
  });
  const { code, output } = await run([process.execPath, script, settings], {
    env: await environment(name),
  });
  const figures = /^figures (.*)$/m.exec(output)?.[1];
  return { ...JSON.parse(figures ?? '{}'), finding: code === 0 ? undefined : output };
}

/** Writes to the empty folder `into` the few inputs of `folders` that reach all that the last folder, the seeds, does not. */
async function minimize(name, { folders, artifacts, into }) {
  const script = await build(name);
  const { longest, leastGain = usualGain } = xml[name];
  const [known, ...others] = [...folders].reverse();
  const settings = JSON.stringify({
    task: 'minimize',
    subject: name,
    longest,
    folders: others,
    known,
    artifacts,
    into,
    leastGain,
  });
  await runOrFail(
    [process.execPath, script, settings],
    (output) => `the corpus of ${name} can't be minimized\n${output}`,
    { env: await environment(name) },
  );
}

module.exports = { minimize, search };
