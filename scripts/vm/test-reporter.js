// Jest's reporter in a test machine: says of each test that it has ended, at once. There a file takes minutes.
'use strict';
const { basename } = require('node:path');

class TestReporter {
  onTestCaseResult(test, { status, title, duration }) {
    const seconds = ((duration ?? 0) / 1000).toFixed(0);
    const sign = status === 'passed' ? '✓' : `✗ (${status})`;
    process.stderr.write(`${sign} ${seconds} s ${basename(test.path, '.test.ts')}: ${title}\n`);
  }

  onTestFileResult(test, { perfStats: { start, end } }) {
    process.stderr.write(`= ${((end - start) / 1000).toFixed(0)} s ${basename(test.path)}\n`);
  }
}

module.exports = TestReporter;
