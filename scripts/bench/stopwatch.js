// Runs the programs of peers and takes their time: the client of stopwatch.cc. A site with `spawnsFromNode` has them run as a service
// of Node.js would, by child_process, to whose time that of the spawn belongs.
'use strict';
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { closeSync, openSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { StepError } = require('../steps');
const { LineProcess } = require('./line-process');
const { compiled } = require('./programs');

const separator = '\x1f';

/** Each has a file of its own for what its programs say. */
let count = 0;

/** Says how a program has ended, of its wait status. */
function describeStatus(status) {
  if (status < 0) return 'it could not be run';
  return status % 128 === 0 ? `exit code ${status / 256}` : `ended by signal ${status % 128}`;
}

/** Like the request `run` of stopwatch.cc. */
async function runFromNode([program, ...words], errors, options) {
  const said = openSync(errors, 'w');
  const started = performance.now();
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'ignore', said] });
  closeSync(said);
  const [code] = await once(child, 'exit').catch(() => [-1]);
  return [performance.now() - started, code === null || code < 0 ? -1 : code * 256];
}

class Stopwatch {
  #process;
  #errors;
  #run;

  constructor(process, { errors, run }) {
    this.#process = process;
    this.#errors = errors;
    this.#run = run ?? ((argv) => this.#ask(['run', ...argv]));
  }

  /** `env`: what all that it runs has in its environment besides. */
  static async start(site, { env = {} } = {}) {
    const errors = join(site.directory, `errors-${(count += 1)}`);
    const program = await compiled('stopwatch');
    const options = { env: { ...process.env, ...env }, cwd: site.directory };
    const run = site.spawnsFromNode
      ? { run: (argv) => runFromNode(argv, errors, options) }
      : undefined;
    return new Stopwatch(new LineProcess([program, errors], options), { errors, ...run });
  }

  /** Runs a program to its end; resolves with milliseconds. Throws, with what it has said, unless it succeeds. */
  async run(...argv) {
    const [milliseconds, status] = await this.#run(argv);
    if (status !== 0) this.#fail(argv, describeStatus(status));
    return milliseconds;
  }

  /** Runs a program until it has written something; it goes on. */
  async until(...argv) {
    const [milliseconds, pid] = await this.#ask(['until', ...argv]);
    if (pid === 0) this.#fail(argv, 'it ended without any output');
    return { milliseconds, pid };
  }

  /** Ends what `until` has started, by the death of `victim`. */
  async end({ pid, victim }) {
    const [milliseconds] = await this.#ask(['end', String(pid), String(victim)]);
    return milliseconds;
  }

  close() {
    return this.#process.end();
  }

  async #ask(words) {
    const answer = await this.#process.ask(words.join(separator));
    return answer.split(' ').map(Number);
  }

  #fail([program, ...words], reason) {
    const said = readFileSync(this.#errors, 'utf8').trim().split('\n').slice(-3).join(' | ');
    throw new StepError(`${[program, ...words].join(' ').slice(0, 120)}: ${said || reason}`);
  }
}

module.exports = { Stopwatch };
