// A service that uses the library, for `npm run bench`: does what its parent asks, and takes the time in its own process.
//
//   node service.js ROOT MEGABYTES     ROOT: tslxc's root; MEGABYTES: live objects that it keeps on its heap
'use strict';
const { join } = require('node:path');
const { packageRoot } = require('../steps');
const { manyActions } = require('./service/many');
const { profileActions } = require('./service/profile');
const { consoleActions } = require('./service/console');
const { timed } = require('./service/timed');

const [, , root, heap] = process.argv;

/** Live objects of that many megabytes. */
function fill(megabytes) {
  const kept = [];
  while (process.memoryUsage().heapUsed < megabytes * 2 ** 20) {
    for (let index = 0; index < 10_000; index += 1) {
      kept.push({ index, text: `value ${index}`, pair: [index, index + 1] });
    }
  }
  return kept;
}

const kept = fill(Number(heap));

function makeActions(context) {
  const { connection, domains, domainOf } = context;
  return {
    ready: async () => kept.length,
    async define({ name, xml }) {
      domains.set(name, await connection.defineDomain(xml));
    },
    async undefine({ name }) {
      await domainOf(name).undefine();
      domains.delete(name);
    },
    start: ({ name }) => timed(() => domainOf(name).start()),
    destroy: ({ name }) => timed(() => domainOf(name).destroy()),
    exec: ({ name }) =>
      timed(async () => {
        const command = await domainOf(name).exec(['/bin/true'], { stdin: 'ignore' }).started;
        await command.result;
      }),
    // Until what it had on the host is given back.
    run: ({ name }) =>
      timed(async () => {
        const domain = domainOf(name);
        await domain.start();
        await domain.wait();
        // Which waits until its cgroups are gone, as those of crun are when it ends.
        await domain.state();
      }),
    close: () => connection.close(),
    ...manyActions(context),
    ...consoleActions(context),
    ...profileActions(context),
  };
}

async function main() {
  const { connect } = require(join(packageRoot, 'dist/bundle/library.js'));
  const onDebug = new Set();
  const logger = {
    debug: (_, message) => onDebug.forEach((listener) => listener(message)),
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const connection = await connect(undefined, { root });
  const domains = new Map();
  const domainOf = (name) => domains.get(name);
  const connectWithSteps = () => connect(undefined, { root, logger });
  const actions = makeActions({ connection, connectWithSteps, onDebug, domains, domainOf });
  process.on('message', async ({ number, action, input }) => {
    try {
      process.send({ number, value: await actions[action](input) });
    } catch (error) {
      process.send({ number, error: String(error) });
    }
  });
}

void main();
