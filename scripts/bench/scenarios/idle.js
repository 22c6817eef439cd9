// What an idle container costs beyond its own processes: the memory of those that look after it (PSS), and how often they
// wake up. What a service or a daemon grows by is not counted.
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { figureOf } = require('../figure');
const { systems } = require('../systems');
const { attempt } = require('./one');

const count = 20;
const quietSeconds = 10;
/** The programs of the containers. */
const inside = /^\/bin\/(sleep|hello)\0/;

function processes() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** A file of a process, '' when it has ended. */
function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

/** Kilobytes of the text of a smaps_rollup. */
function pssOf(text) {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** How often a process has been given up or taken off a processor, of the text of its status. */
function switchesOf(text) {
  const all = [...text.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)];
  return all.reduce((sum, [, number]) => sum + Number(number), 0);
}

const sum = (pids, figure) => pids.reduce((total, pid) => total + figure(pid), 0);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The heap and the command have the same monitors as the library, and the floor has no processes but its own. */
const without = ['floor', 'heap', 'command'];

/** Starts containers; resolves with how many, the processes that have come with them, and what destroys them. */
async function startSome(name, system) {
  const { atOnce = count } = systems[name];
  const before = new Set(processes());
  const units = [];
  for (let index = 0; index < atOnce; index += 1) {
    const spec = { name: `bench-idle-${index}`, variant: 'plain', program: 'sleep' };
    const unit = await system.make(spec);
    await unit.start();
    units.push(unit);
  }
  // Those that only help with a start end.
  await pause(500);
  const isHelper = (pid) => !before.has(pid) && !inside.test(read(pid, 'cmdline'));
  return {
    atOnce,
    helpers: processes().filter(isHelper),
    async destroy() {
      for (const unit of units) {
        await unit.destroy();
        await unit.remove();
      }
    },
  };
}

async function startAll(context) {
  const { open } = context;
  const running = {};
  for (const name of open.able({ variant: 'plain', action: 'start' })) {
    if (without.includes(name)) continue;
    const started = await attempt(context, name, async () => {
      const system = await open.get(name);
      return system && startSome(name, system);
    });
    if (started !== undefined) running[name] = started;
  }
  return running;
}

/** The same of each system's helpers, for each container. */
function perContainer(running, figure) {
  return Object.fromEntries(
    Object.entries(running).map(([name, { helpers, atOnce }]) => [
      name,
      sum(helpers, figure) / atOnce,
    ]),
  );
}

const lists = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

const idle = {
  title: `memory and wake-ups of ${count} idle containers of each system`,
  async run(context, scenario) {
    const running = await startAll(context);
    const memory = perContainer(running, (pid) => pssOf(read(pid, 'smaps_rollup')));
    const switches = () => perContainer(running, (pid) => switchesOf(read(pid, 'status')));
    const before = switches();
    await pause(quietSeconds * 1000);
    const after = switches();
    for (const [name, { destroy }] of Object.entries(running)) {
      await attempt(context, name, destroy);
    }
    const wakeUps = Object.entries(after).map(([name, all]) => [name, all - before[name]]);
    const each = perContainer(running, () => 1);
    const notes = Object.fromEntries(
      Object.entries(each).map(([name, number]) => [name, `processes: ${number}`]),
    );
    const title = 'for each idle container';
    return [
      figureOf(
        { key: `${scenario}.memory`, title: `PSS ${title}`, unit: 'kB', notes },
        lists(memory),
      ),
      figureOf(
        { key: `${scenario}.wakeUps`, title: `wake-ups ${title}`, unit: `in ${quietSeconds} s` },
        lists(Object.fromEntries(wakeUps)),
      ),
    ];
  },
};

module.exports = { idle, pssOf, switchesOf };
