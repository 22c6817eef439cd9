// What continuous integration runs (.ci/run): `npm test`, the checks, more of the same tests, a slice of the death sweeps, a
// minute of libvirt's clients, the quick part under the newest Node.js and of what needs a machine of its own, and `npm run hello` on
// a fresh Debian. `npm run test:all` runs everything.
'use strict';
const { runParts } = require('./parts');
const { main } = require('./steps');

/** Minutes above which a run warns, and after which it is ended, and has failed. */
const time = { budget: 45, limit: 80 };

/** How many runs it takes to try all system calls at which something may die: another slice every day. */
const slices = 12;
const day = Math.floor(Date.now() / 86_400_000);
const sweeps = ['deaths', 'caller-deaths'].map((name) => `test/long/${name}.test.ts`);

/** The clients whose ways to speak libvirt's protocol differ: C through Python and virsh, descriptors, and Go without libvirt's library. */
const clients = ['python', 'seed-hello', 'pass-fds', 'go-libvirt'].map(
  (name) => `test/clients/${name}.test.ts`,
);

const parts = [
  { name: 'npm test', argv: ['npm', 'test'] },
  { name: 'checks', argv: ['npm', 'run', 'check'] },
  { name: 'more tests', argv: ['npm', 'run', 'test:more'] },
  {
    name: `deaths, slice ${day % slices} of ${slices}`,
    argv: ['npm', 'run', 'test:long', '--', ...sweeps],
    env: { TSLXC_TEST_SLICE: `${day % slices}/${slices}` },
  },
  {
    name: 'a minute of the clients',
    argv: ['npm', 'run', 'test:clients', '--', ...clients],
  },
  { name: 'Node.js 24, the quick part', argv: ['npm', 'run', 'test:node', '--', '24', '--quick'] },
  { name: 'machines, the quick part', argv: ['npm', 'run', 'test:vm', '--', '--quick'] },
  { name: 'hello on a fresh Debian', argv: ['npm', 'run', 'test:fresh', '--', '--hello'] },
];

module.exports = { time };

if (require.main === module) main('ci', () => runParts(parts, time));
