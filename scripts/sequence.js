// The order of Jest's test files: by name, so that every run has the same, and those that measure time last.
'use strict';
const Sequencer = require('@jest/test-sequencer').default;

const last = /\/(capacity|console-flow|deadline)\.test\.ts$/;

class InOrder extends Sequencer {
  sort(tests) {
    const key = ({ path }) => `${last.test(path) ? 1 : 0} ${path}`;
    return [...tests].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

module.exports = InOrder;
