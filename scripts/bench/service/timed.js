// The time that an action of the library takes: elapsed time, and processor time of the caller's process with all its threads.
// `TSLXC_BENCH_PLANT=0.5` makes every action 50% slower, for the test that the guard notices it.
'use strict';

const planted = Number(process.env.TSLXC_BENCH_PLANT ?? 0);

function busyFor(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Resolves with `milliseconds` and `cpu`, in milliseconds too. */
async function timed(action) {
  const before = process.cpuUsage();
  const started = performance.now();
  await action();
  if (planted > 0) busyFor((performance.now() - started) * planted);
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { milliseconds, cpu: (user + system) / 1000 };
}

module.exports = { timed };
