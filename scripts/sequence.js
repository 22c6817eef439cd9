// The order of Jest's test files: by name, so that every run has the same.
'use strict';
const Sequencer = require('@jest/test-sequencer').default;

class InOrder extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

module.exports = InOrder;
