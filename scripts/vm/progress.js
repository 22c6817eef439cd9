// Reports at intervals what the tests in machines are waiting for, while there is no other output.
'use strict';
const { say } = require('../steps');

const intervalSeconds = 30;

/** What is known of the machines that run, by name. */
class Progress {
  #machines = new Map();
  #timer = setInterval(() => this.#tell(), intervalSeconds * 1000);

  /** From now on this machine is waited for; `total` is the number of its files of tests. */
  begin(name, { total }) {
    this.#machines.set(name, { state: 'booting', files: 0, total, started: Date.now() });
  }

  /** It has come up, and its tests begin. */
  ready(name) {
    this.#machines.get(name).state = 'testing';
  }

  /** It has written these lines: Jest writes one for each file that has ended. */
  wrote(name, lines) {
    const machine = this.#machines.get(name);
    machine.files += lines.filter((line) => /^(PASS|FAIL) /.test(line)).length;
  }

  end(name) {
    this.#machines.delete(name);
  }

  stop() {
    clearInterval(this.#timer);
  }

  #tell() {
    const texts = [...this.#machines].map(([name, { state, files, total, started }]) => {
      const done = state === 'booting' ? '' : `, ${files} of ${total} files done`;
      return `${name} (${state}${done}, ${Math.round((Date.now() - started) / 1000)} s)`;
    });
    if (texts.length > 0) say(`waiting for ${texts.join(' and ')}`);
  }
}

module.exports = { Progress };
