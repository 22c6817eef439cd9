// Tries mutants one after another in a copy of the tree: builds what is made of the mutated file, and runs the tests.
'use strict';
const { readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { settingsOf } = require('../lanes');
const { run, say, StepError } = require('../steps');
const { nativeTest } = require('./closest-tests');
const { mutantsOf, sample } = require('./mutants');
const { makeTree } = require('./tree');

/** Seconds: of a build, and at least of the tests, on a busy machine; otherwise several times what they take without a mutant. */
const longest = { build: 600, baseline: 1800, tests: 30 };
const patience = 4;

const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'];

const node = (...words) => [process.execPath, ...words];
const builds = {
  native: { what: 'native code', argvs: [node('scripts/build-native.js')] },
  typeScript: {
    what: 'TypeScript',
    argvs: [node('scripts/build-typescript.js'), node('scripts/compile-bundle.js')],
  },
};

/** What test/native/compile.ts says of a source that the compiler does not take. */
const compileFault = /-c \S+ -o \S+ failed/;

/** The project of jest.config.js that a test is in: that of its folder. */
function projectOf(test) {
  const [, folder, below] = test.split('/');
  if (folder === 'more') return `more-${below}`;
  return folder === 'golden' ? 'unit' : folder;
}

/** What uses what the host has once does that in a world of its own: a mutant leaves things behind. */
function prefixOf(project) {
  const { prefix, isSerial } = settingsOf(project);
  if (prefix.length > 0 || !isSerial) return prefix;
  return ['env', 'TSLXC_TEST_LANE=mutate', 'sh', 'scripts/own-world.sh'];
}

/** One run of Jest for the tests of each project. */
function testRuns(tests) {
  const projects = [...new Set(tests.map(projectOf))];
  return projects.map((project) => {
    const files = tests.filter((test) => projectOf(test) === project);
    const jest = node('node_modules/jest/bin/jest.js', '--ci', '--bail', '--runInBand');
    const selection = ['--selectProjects', project, '--runTestsByPath', '--', ...files];
    return [...prefixOf(project), ...jest, ...selection];
  });
}

/** Runs a program for so many seconds at most, and ends all that it has started then. */
async function runFor(seconds, argv, options) {
  const bounded = ['timeout', '--kill-after=20', String(Math.ceil(seconds)), ...argv];
  const { code, output } = await run(bounded, options);
  return { code, output, isLate: code === 124 || code === 137 };
}

class Trials {
  #tree = makeTree();
  #stop = new AbortController();

  constructor() {
    for (const signal of signals) process.on(signal, this.#abort);
  }

  /** Each mutant of `file` that was tried, with its `verdict`. `programs` are those of test/native that the file is in. */
  async run({ file, tests, programs }, choice) {
    const path = join(this.#tree, file);
    const source = readFileSync(path, 'utf8');
    const all = mutantsOf(source, /\.(cc|h)$/.test(file) ? 'C++' : 'TypeScript');
    const chosen = sample(all, choice);
    const plan = this.#plan(file, { tests, programs });
    const limit = await this.#baseline(plan, tests);
    say(`${chosen.length} of ${all.length} mutants of ${file}`);
    const results = [];
    try {
      for (const mutant of chosen) {
        const { start, end } = mutant;
        writeFileSync(path, source.slice(0, start) + mutant.new + source.slice(end));
        const verdict = await this.#judge(plan, limit);
        say(`${results.length + 1}/${chosen.length} line ${mutant.line}: ${verdict}`);
        results.push({ file, verdict, ...mutant });
      }
    } finally {
      writeFileSync(path, source);
    }
    return results;
  }

  /** Removes the copy. */
  end() {
    for (const signal of signals) process.off(signal, this.#abort);
    rmSync(this.#tree, { recursive: true, force: true });
  }

  #abort = () => this.#stop.abort(new StepError('ended by a signal'));

  /** What is built for each mutant, and which runs show whether it is noticed. */
  #plan(file, { tests, programs }) {
    const isNative = tests.every((test) => test === nativeTest);
    const env = { ...process.env };
    if (isNative && programs.length > 0) env.TSLXC_TEST_PROGRAMS = programs.join(',');
    const build = /\.(cc|h)$/.test(file) ? builds.native : builds.typeScript;
    return { builds: isNative ? [] : build.argvs, isNative, runs: testRuns(tests), env };
  }

  async #run(seconds, argv, env) {
    const { signal } = this.#stop;
    const result = await runFor(seconds, argv, { cwd: this.#tree, env, signal }).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
    return result;
  }

  /** Builds all and runs the tests without a mutant; resolves with how many seconds they may take with one. */
  async #baseline({ isNative, runs, env }, tests) {
    for (const { what, argvs } of isNative ? [] : Object.values(builds)) {
      say(`building ${what} in a copy`);
      for (const argv of argvs) await this.#succeed(longest.build, argv, env);
    }
    say(`running ${tests.join(', ')} without a mutant`);
    const started = Date.now();
    for (const argv of runs) await this.#succeed(longest.baseline, argv, env);
    return Math.max(longest.tests, (patience * (Date.now() - started)) / 1000);
  }

  async #succeed(seconds, argv, env) {
    const { code, output } = await this.#run(seconds, argv, env);
    if (code !== 0) {
      throw new StepError(`without a mutant, ${argv.join(' ')} ends with ${code}:\n${output}`);
    }
  }

  async #judge({ builds: argvs, runs, env }, limit) {
    for (const argv of argvs) {
      const { code, isLate } = await this.#run(longest.build, argv, env);
      if (isLate) throw new StepError(`${argv.join(' ')} took more than ${longest.build} s`);
      if (code !== 0) return 'not compiled';
    }
    for (const argv of runs) {
      const { code, output, isLate } = await this.#run(limit, argv, env);
      if (isLate) return 'timed out';
      if (compileFault.test(output)) return 'not compiled';
      if (code !== 0) return 'killed';
    }
    return 'survived';
  }
}

module.exports = { Trials };
