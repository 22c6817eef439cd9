// Jest's reporter in a test machine: says of each test that it has ended, at once. There a file takes minutes. And at the end what the
// tests noted of the machine's kernel, which decides what some of them expect.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { basename } = require('node:path');
const { describeSides } = require('../host-sides');

class TestReporter {
  onTestCaseResult(test, { status, title, duration }) {
    const seconds = ((duration ?? 0) / 1000).toFixed(0);
    const sign = status === 'passed' ? '✓' : `✗ (${status})`;
    process.stderr.write(`${sign} ${seconds} s ${basename(test.path, '.test.ts')}: ${title}\n`);
  }

  onTestFileResult(test, { perfStats: { start, end } }) {
    process.stderr.write(`= ${((end - start) / 1000).toFixed(0)} s ${basename(test.path)}\n`);
  }

  onRunComplete() {
    const notes = process.env.TSLXC_TEST_SIDES ?? '';
    if (!existsSync(notes)) return;
    for (const line of describeSides(readFileSync(notes, 'utf8')))
      process.stderr.write(`${line}\n`);
  }
}

module.exports = TestReporter;
