// Many containers in one service: how long each phase of their lives takes, and how long the event loop is held meanwhile.
//
//   node many-containers.js LIBRARY STATE ROOTFS COUNT     prints one line of JSON, in milliseconds
//
// STATE is a root of tslxc of its own; ROOTFS needs /bin/sleep. With `--cpu-prof` it is Node that says
// what has held the loop.
'use strict';
const { openSync, readSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const [, , library, state, rootfs, howMany] = process.argv;
const { connect } = require(library);
const count = Number(howMany);
const startsAtOnce = 8;

const xml = (name) => `<domain type='lxc'>
  <name>${name}</name>
  <memory>102400</memory>
  <os><type>exe</type><init>/bin/sleep</init><initarg>100000</initarg></os>
  <devices>
    <console type='pty'/>
    <filesystem type='mount'><source dir='${rootfs}'/><target dir='/'/></filesystem>
  </devices>
</domain>`;

const schedule = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const text = Buffer.alloc(64);

/** Milliseconds that this thread has run; see Documentation/scheduler/sched-stats. */
function timeOnProcessor() {
  return Number.parseInt(text.toString('latin1', 0, readSync(schedule, text, 0, 64, 0)), 10) / 1e6;
}

/** The longest that this thread has run from one look to the next, a millisecond later: without what others on the machine take. */
function watchProcessor() {
  let [before, busiest] = [timeOnProcessor(), 0];
  const timer = setInterval(() => {
    const now = timeOnProcessor();
    busiest = Math.max(busiest, now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return busiest;
  };
}

/**
 * Its milliseconds, those of the processors that this process has used, and for how long the event loop was held meanwhile: by
 * the clock, and by the time that this thread has run.
 */
async function timed(action) {
  // What was left of the phase before is not of this one.
  await sleep(20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(5);
  delay.reset();
  const stop = watchProcessor();
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  const result = await action();
  const milliseconds = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  // A hold at the end is seen after it only.
  await sleep(5);
  delay.disable();
  const used = (user + system) / 1000;
  return [{ milliseconds, used, longest: delay.max / 1e6, busiest: stop() }, result];
}

/** So many at a time. */
async function each(items, width, action) {
  const left = [...items.entries()];
  const results = [];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      results[next[0]] = await action(next[1]);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

async function startAll(domains) {
  const times = [];
  await each(domains, startsAtOnce, async (domain) => {
    const begin = performance.now();
    await domain.start();
    times.push(performance.now() - begin);
  });
  return times;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function main() {
  const connection = await connect(undefined, { root: state });
  const names = Array.from({ length: count }, (_, index) => `many-${index}`);
  // What is done once in a process, and what V8 compiles, is not what is measured.
  for (let index = 0; index < 20; index += 1) {
    await (await connection.createDomain(xml('many-warm'))).destroy();
  }
  const [define, domains] = await timed(() =>
    Promise.all(names.map((name) => connection.defineDomain(xml(name)))),
  );
  const [start, times] = await timed(() => startAll(domains));
  const [list, listed] = await timed(() => connection.listDomains());
  const [listAgain] = await timed(() => connection.listDomains());
  const [stats, measured] = await timed(() => connection.stats());
  const [statsAgain] = await timed(() => connection.stats());
  const [destroy] = await timed(() => Promise.all(domains.map((domain) => domain.destroy())));
  const [undefine] = await timed(() => Promise.all(domains.map((domain) => domain.undefine())));
  await connection.close();
  const complete = measured.filter(({ cpu, memory }) => cpu !== undefined && memory !== undefined);
  const phases = { define, start, list, listAgain, stats, statsAgain, destroy, undefine };
  const starts = { first: mean(times.slice(0, 100)), last: mean(times.slice(-100)) };
  const found = { listed: listed.length, measured: complete.length };
  process.stdout.write(`${JSON.stringify({ phases, starts, ...found })}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exitCode = 1;
});
