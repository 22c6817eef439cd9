// How long the event loop of this service could do nothing else, and what its thread did meanwhile.
'use strict';
const { openSync, readSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const schedule = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const text = Buffer.alloc(64);

/** Milliseconds that this thread has run, and has waited for a processor; see Documentation/scheduler/sched-stats. */
function threadTimes() {
  const words = text.toString('latin1', 0, readSync(schedule, text, 0, text.length, 0)).split(' ');
  return { ran: words[0] / 1e6, waited: words[1] / 1e6 };
}

/** Samples this thread's times every millisecond. The returned function stops that, and returns the largest increases between samples. */
function watchThread() {
  let before = threadTimes();
  const most = { ran: 0, waited: 0 };
  const timer = setInterval(() => {
    const now = threadTimes();
    for (const what of Object.keys(most))
      most[what] = Math.max(most[what], now[what] - before[what]);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/**
 * The milliseconds of the action, those of the processors that this process used, and the longest time that nothing else could run
 * in it: `longest` as monitorEventLoopDelay has it; `ran` and `waited` are the longest that the loop was held by what its thread did,
 * and by other processes that had the processors.
 */
async function watched(action) {
  // Lets the work of the previous action come to its end, so that it is not counted here.
  await sleep(20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(5);
  delay.reset();
  const stop = watchThread();
  const [started, before] = [performance.now(), process.cpuUsage()];
  await action();
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  // A hold at the end is only noticed afterwards.
  await sleep(5);
  delay.disable();
  const { ran, waited } = stop();
  return { milliseconds, cpu: (user + system) / 1000, longest: delay.max / 1e6, ran, waited };
}

module.exports = { watched };
