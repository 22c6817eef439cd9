// `npm run mutate -- FILE… [--tests TEST…] [--most N] [--seed N]`: puts small faults into copies of these files, one at a time, and
// reports those that no test detects. Stryker does so for TypeScript with unit and golden tests; everything else is built again for
// each fault before its tests are run, so there `--most` limits the number of faults, which `--seed` chooses.
'use strict';
const { readArguments } = require('./mutate/arguments');
const { closestTests, programsOf } = require('./mutate/closest-tests');
const { describeSurvivors, summary } = require('./mutate/figures');
const { runStryker } = require('./mutate/stryker');
const { Trials } = require('./mutate/trials');
const { main, packageRoot, say, StepError } = require('./steps');

const isTypeScript = (file) => /\.[tj]s$/.test(file);
const isForStryker = (test) => /^test\/(unit|golden)\//.test(test);

/** The tests that are run for a fault in this file. */
function testsOf(file, { tests }) {
  const found = tests.length > 0 ? tests : closestTests(packageRoot, file);
  if (found.length === 0) {
    throw new StepError(
      `no unit, golden or native test has to do with ${file}: name some by --tests`,
    );
  }
  return found;
}

/** By Stryker, which tries all of them. */
async function mutateTogether(jobs) {
  if (jobs.length === 0) return [];
  const tests = [...new Set(jobs.flatMap((job) => job.tests))].sort();
  say(`mutating ${jobs.map(({ file }) => file).join(', ')} for ${tests.join(', ')}`);
  return runStryker(
    jobs.map(({ file }) => file),
    tests,
  );
}

/** By our own mutants, each with a build. */
async function mutateInTurn(jobs, choice) {
  if (jobs.length === 0) return [];
  const trials = new Trials();
  const results = [];
  try {
    for (const { file, tests } of jobs) {
      say(`mutating ${file} for ${tests.join(', ')}`);
      const job = { file, tests, programs: programsOf(packageRoot, file) };
      results.push(...(await trials.run(job, choice)));
    }
  } finally {
    trials.end();
  }
  return results;
}

main('mutate', async () => {
  const wanted = readArguments(process.argv.slice(2), packageRoot);
  const jobs = wanted.files.map((file) => ({ file, tests: testsOf(file, wanted) }));
  const isTogether = ({ file, tests }) => isTypeScript(file) && tests.every(isForStryker);
  const results = [
    ...(await mutateTogether(jobs.filter(isTogether))),
    ...(await mutateInTurn(
      jobs.filter((job) => !isTogether(job)),
      wanted,
    )),
  ];
  process.stdout.write('\n');
  for (const line of describeSurvivors(results)) process.stdout.write(`${line}\n`);
  for (const line of summary(results)) say(line);
});
