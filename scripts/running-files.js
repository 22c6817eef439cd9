// Jest's reporter that writes down which files run just now, for a run that never ends: scripts/jest-process.js reads it.
'use strict';
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { packageRoot } = require('./steps');

class RunningFiles {
  #running = new Set();

  onTestFileStart({ path }) {
    this.#running.add(relative(packageRoot, path));
    this.#write();
  }

  onTestFileResult({ path }) {
    this.#running.delete(relative(packageRoot, path));
    this.#write();
  }

  #write() {
    writeFileSync(process.env.TSLXC_TEST_RUNNING, [...this.#running].join(', '));
  }
}

module.exports = RunningFiles;
