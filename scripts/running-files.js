// A reporter for Jest that records which files are running, so that scripts/jest-process.js can name them if Jest hangs.
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
