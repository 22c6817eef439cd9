// Mutants of TypeScript by Stryker, which is installed below build/ when it is first needed: it weighs 65 MB, and no other
// command needs it. It works in a copy of its own.
'use strict';
const { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join, relative } = require('node:path');
const { fingerprint, remember, remembered } = require('../fingerprint');
const { packageRoot, runOrFail, say } = require('../steps');
const { makeFolder, workshop } = require('./tree');

const tools = join(workshop, 'stryker');
const modules = join(tools, 'node_modules', '@stryker-mutator');
const lists = ['package.json', 'package-lock.json'];

/** What is said of each verdict of Stryker. Those that it leaves out say nothing. */
const verdicts = {
  Killed: 'killed',
  Timeout: 'timed out',
  Survived: 'survived',
  NoCoverage: 'survived',
  CompileError: 'not compiled',
  RuntimeError: 'not compiled',
};

const lastLines = (output) => output.trim().split('\n').slice(-40).join('\n');

async function install() {
  const record = join(tools, 'installed');
  const sources = lists.map((name) => join('scripts', 'mutate', 'stryker', name));
  const wanted = fingerprint(packageRoot, sources);
  if (remembered(record) === wanted) return;
  say('installing Stryker below build/mutate');
  mkdirSync(tools, { recursive: true });
  for (const name of lists) copyFileSync(join(__dirname, 'stryker', name), join(tools, name));
  await runOrFail(
    ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts'],
    (output) => `Stryker can't be installed:\n${lastLines(output)}`,
    { cwd: tools },
  );
  remember(record, wanted);
}

/** What is mutated, and where what is not of the project's own files lies. */
function settings(files, folder) {
  return {
    plugins: [join(modules, 'jest-runner', 'dist', 'src', 'index.js')],
    testRunner: 'jest',
    jest: {
      projectType: 'custom',
      configFile: 'scripts/mutate/jest.config.js',
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    mutate: files,
    ignorePatterns: ['build/**', '!build/Release/*'],
    tempDirName: join(relative(packageRoot, folder), 'sandbox'),
    reporters: ['json'],
    jsonReporter: { fileName: join(folder, 'report.json') },
    concurrency: availableParallelism(),
    allowConsoleColors: false,
  };
}

/** The text between two places of a file, each with a line and a column from 1. */
function textBetween(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines.push(lines.pop().slice(0, end.column - 1));
  return [lines.shift().slice(start.column - 1), ...lines].join('\n');
}

function resultsOf(report) {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => verdicts[status] !== undefined)
      .map(({ status, location, replacement }) => ({
        file,
        line: location.start.line,
        old: textBetween(source, location),
        new: replacement,
        verdict: verdicts[status],
        ...(status === 'NoCoverage' ? { note: 'no test comes here' } : {}),
      })),
  );
}

/** Tries all mutants of these files, each for those of the tests that come by it. */
async function runStryker(files, tests) {
  await install();
  const folder = makeFolder('run');
  try {
    const config = join(folder, 'stryker.json');
    writeFileSync(config, JSON.stringify(settings(files, folder)));
    await runOrFail(
      [process.execPath, join(modules, 'core', 'bin', 'stryker.js'), 'run', config],
      (output) => `Stryker failed:\n${lastLines(output)}`,
      { env: { ...process.env, TSLXC_MUTATE_TESTS: JSON.stringify(tests) } },
    );
    return resultsOf(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { runStryker };
