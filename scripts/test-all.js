// `npm run test:all`: everything that there is, in hours: what `npm test` runs, the speed, what takes long, all six machines with all of
// their tests, the escape recipes in six more, an arm64 processor, the other versions of Node.js, and a fresh Debian with the tests.
'use strict';
const { runParts } = require('./parts');
const { main } = require('./steps');

/** Minutes, on a slow machine. */
const budget = 420;
const limit = 720;

const script = (...words) => ['npm', 'run', ...words];

main('test:all', () =>
  runParts(
    [
      { name: 'npm test', argv: ['npm', 'test'] },
      { name: 'checks', argv: script('check') },
      { name: 'speed, beside the floor', argv: script('bench', '--', '--guard') },
      {
        name: 'speed, with a planted fault',
        argv: script('bench', '--', '--guard', '--control'),
      },
      { name: 'more tests', argv: script('test:more') },
      { name: 'what takes long', argv: script('test:long') },
      { name: 'beside libvirt', argv: script('test:parity') },
      { name: 'clients of libvirt', argv: script('test:clients') },
      { name: 'machines', argv: script('test:vm') },
      { name: 'machines, escapes', argv: script('test:vm', '--', '--escapes') },
      {
        name: 'machines, categories',
        argv: script('test:vm', '--', 'test/long/categories.test.ts'),
      },
      { name: 'an arm64 processor', argv: script('test:arm64') },
      { name: 'other versions of Node.js', argv: script('test:node') },
      { name: 'fresh Debian, with the tests', argv: script('test:fresh', '--', '--tests') },
    ],
    { budget, limit },
  ),
);
