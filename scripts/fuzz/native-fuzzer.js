// A native fuzzer: the sources of its target, compiled by clang with libFuzzer, AddressSanitizer and
// UndefinedBehaviorSanitizer into build/fuzz.
'use strict';
const { existsSync, mkdirSync, rmSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const { findProgram } = require('../build-native');
const { fingerprint, listFiles, remember, remembered } = require('../fingerprint');
const { packageRoot, run, runOrFail, say } = require('../steps');
const { plantInto } = require('./planted');
const { work } = require('./seeds');
const { native, wrapOptions } = require('./targets');

const compiler = 'clang++-19';
const sanitizers = 'address,undefined';
const flags = [
  '-std=gnu++20',
  '-O1',
  '-g1',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  '-pthread',
];
/** Seconds that one input may take. */
const inputSeconds = 20;

/** LeakSanitizer needs ptrace(2), and some other tests a process without it. */
const environment = {
  ...process.env,
  ASAN_OPTIONS: 'detect_leaks=0',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

async function compileAll(sources, { folder, options }) {
  const ccache = findProgram('ccache') === undefined ? [] : ['ccache'];
  const waiting = sources.entries();
  const objects = [];
  const worker = async () => {
    for (const [index, source] of waiting) {
      objects[index] = join(folder, `${index}.o`);
      const planted = join(folder, source);
      const path = existsSync(planted) ? planted : source;
      const argv = [...ccache, compiler, ...flags, ...options, '-c', path, '-o', objects[index]];
      await runOrFail(argv, (output) => `clang can't compile ${source}\n${output}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return objects;
}

/** Compiles the fuzzer anew, with the bug in it when it is `planted`. */
async function compile(name, { folder, planted }) {
  const { sources, wraps } = native[name];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (planted !== undefined) plantInto(folder, planted);
  say(`compiling the fuzzer ${name}`);
  const options = [
    `-I${folder}`,
    '-I.',
    `-DTSLXC_FUZZ_TARGET=${name}`,
    `-fsanitize=fuzzer-no-link,${sanitizers}`,
  ];
  const own = [`test/fuzz/${name}.cc`, 'test/fuzz/libfuzzer.cc'];
  const objects = await compileAll([...own, ...sources], { folder, options });
  const executable = join(folder, 'fuzzer');
  const link = [compiler, ...flags, `-fsanitize=fuzzer,${sanitizers}`, ...wrapOptions(wraps)];
  await runOrFail(
    [...link, ...objects, '-o', executable],
    (output) => `clang can't link the fuzzer ${name}\n${output}`,
  );
}

/** The path of its executable, which is compiled unless it is there and up to date. */
async function build(name, planted) {
  const folder = join(work, planted === undefined ? name : `${name}-planted`);
  const executable = join(folder, 'fuzzer');
  const record = join(folder, 'fingerprint');
  const sources = listFiles(packageRoot, ['native', 'test/fuzz', 'test/native']);
  const wanted = fingerprint(
    packageRoot,
    sources.filter((file) => /\.(cc|h)$/.test(file)),
    [JSON.stringify([native[name], planted]), ...flags],
  );
  if (!existsSync(executable) || remembered(record) !== wanted) {
    await compile(name, { folder, planted });
    remember(record, wanted);
  }
  return executable;
}

/** What libFuzzer has said of a run. */
function figuresOf(output) {
  const number = (pattern) => Number(output.match(pattern)?.at(-1)?.match(/\d+/)?.[0] ?? 0);
  return {
    executions: number(/stat::number_of_executed_units:\s+\d+/g),
    covered: number(/ cov: \d+/g),
    counters: Number(/Loaded \d+ modules\s+\((\d+) inline/.exec(output)?.[1] ?? 0),
  };
}

/** Searches for `seconds`; resolves with the figures, and with what was found or undefined. */
async function search(name, { seconds, folders, artifacts, planted }) {
  const executable = await build(name, planted);
  const began = Date.now();
  const { code, output } = await run(
    [
      executable,
      `-max_total_time=${seconds}`,
      `-max_len=${native[name].longest}`,
      `-timeout=${inputSeconds}`,
      '-rss_limit_mb=2048',
      '-print_final_stats=1',
      '-use_value_profile=1',
      `-artifact_prefix=${artifacts}/`,
      ...folders,
    ],
    { env: environment },
  );
  const took = (Date.now() - began) / 1000;
  return { ...figuresOf(output), took, finding: code === 0 ? undefined : output };
}

/** Writes to the empty folder `into` the few inputs of `folders` that reach all that they reach together. */
async function minimize(name, { folders, into }) {
  const executable = await build(name);
  await runOrFail(
    [
      executable,
      '-merge=1',
      '-set_cover_merge=1',
      '-use_counters=0',
      `-max_len=${native[name].longest}`,
    ].concat([`-timeout=${inputSeconds}`, into], folders),
    (output) => `libFuzzer can't minimize the corpus of ${name}\n${output}`,
    { env: environment },
  );
}

module.exports = { minimize, search };
