// A helper process that answers each line with a line.
'use strict';
const { spawn } = require('node:child_process');
const { createInterface } = require('node:readline');
const { StepError } = require('../steps');

class LineProcess {
  #child;
  #waiting = [];
  #errors = '';
  #ended;
  /** Why it has ended. */
  #reason;

  constructor([program, ...words], options = {}) {
    this.#child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.#child.stderr?.on('data', (chunk) => (this.#errors += chunk));
    // Of one that has ended.
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(line);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('close', (code) => resolve(this.#errors.trim() || `exit code ${code}`));
    });
    void this.#ended.then((reason) => {
      this.#reason = new StepError(`${program}: ${reason}`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#reason);
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Resolves with the next line that it writes. */
  answer() {
    return new Promise((resolve, reject) => {
      if (this.#reason === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#reason);
    });
  }

  /** Resolves with its answer to the line. */
  ask(line) {
    const answer = this.answer();
    this.#child.stdin.write(`${line}\n`);
    return answer;
  }

  /** Lets it end by itself. */
  async end() {
    this.#child.stdin.end();
    await this.#ended;
  }

  async kill() {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

module.exports = { LineProcess };
