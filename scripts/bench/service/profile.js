// What a start in a service consists of: the times of its steps, and where its process spends its own.
'use strict';
const { Session } = require('node:inspector');

/** Microseconds between two samples of the CPU profile. */
const interval = 100;

function post(session, method, parameters) {
  return new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** The steps of one start: their names, and the milliseconds from its begin at which each was over. */
async function stepsOf(domain, onDebug) {
  const steps = [];
  const started = performance.now();
  const note = (step) => steps.push([step, performance.now() - started]);
  onDebug.add(note);
  try {
    await domain.start();
  } finally {
    onDebug.delete(note);
  }
  note('start() resolves');
  return steps;
}

function profileActions({ connectWithSteps, onDebug, domainOf }) {
  let withSteps;
  return {
    /** The name of the domain is one that is defined and off. */
    async steps({ name }) {
      withSteps ??= await connectWithSteps();
      const domain = await withSteps.lookupDomainByName(name);
      const steps = await stepsOf(domain, onDebug);
      await domain.destroy();
      return steps;
    },
    /** Milliseconds since the epoch at which a start and a destroy began and ended. */
    async moments({ name }) {
      const now = () => performance.timeOrigin + performance.now();
      const begin = now();
      await domainOf(name).start();
      const running = now();
      await domainOf(name).destroy();
      return { begin, running, end: now() };
    },
    /** V8's profile of so many starts and destroys. */
    async profile({ name, runs }) {
      const session = new Session();
      session.connect();
      await post(session, 'Profiler.enable');
      await post(session, 'Profiler.setSamplingInterval', { interval });
      await post(session, 'Profiler.start');
      for (let run = 0; run < runs; run += 1) {
        await domainOf(name).start();
        await domainOf(name).destroy();
      }
      const { profile } = await post(session, 'Profiler.stop');
      session.disconnect();
      return profile;
    },
    async closeSteps() {
      await withSteps?.close();
    },
  };
}

module.exports = { profileActions };
