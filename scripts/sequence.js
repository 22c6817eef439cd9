// The order of Jest's test files: by name, so that every run has the same; what looks at a boot comes first.
'use strict';
const Sequencer = require('@jest/test-sequencer').default;

const isFirst = ({ path }) => path.includes('/vm-again/');

class InOrder extends Sequencer {
  sort(tests) {
    const order = (a, b) => isFirst(b) - isFirst(a) || (a.path < b.path ? -1 : 1);
    return [...tests].sort(order);
  }
}

module.exports = InOrder;
