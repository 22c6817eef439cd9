// What an idle container costs beyond its own processes: the memory of those that look after it (PSS), and how often they
// wake up. What a service or a daemon grows by is not counted.
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { figureOf } = require('../figure');
const { attempt } = require('./one');

const count = 10;
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

/** Starts some; resolves with the processes that have come with them, and what destroys them. */
async function startSome(system) {
  const before = new Set(processes());
  const units = [];
  for (let index = 0; index < count; index += 1) {
    const name = `bench-idle-${index}`;
    const unit = await system.make({ name, variant: 'plain', program: 'sleep' });
    await unit.start();
    units.push(unit);
  }
  // Those that only help with a start end.
  await pause(500);
  const helpers = processes().filter(
    (pid) => !before.has(pid) && !inside.test(read(pid, 'cmdline')),
  );
  return {
    helpers,
    async destroy() {
      for (const unit of units) {
        await unit.destroy();
        await unit.remove();
      }
    },
  };
}

async function measureSystem(system) {
  const { helpers, destroy } = await startSome(system);
  try {
    const memory = sum(helpers, (pid) => pssOf(read(pid, 'smaps_rollup'))) / count;
    const switches = () => sum(helpers, (pid) => switchesOf(read(pid, 'status')));
    const before = switches();
    await pause(quietSeconds * 1000);
    return { memory, wakeUps: (switches() - before) / count, processes: helpers.length / count };
  } finally {
    await destroy();
  }
}

const idle = {
  title: `memory and wake-ups of ${count} idle containers of each system`,
  async run(context, scenario) {
    const { open } = context;
    const found = {};
    for (const name of open.able({ variant: 'plain', action: 'start' })) {
      // The heap changes nothing of a monitor, and the floor has no processes but its own.
      if (name === 'floor' || name === 'heap') continue;
      const measured = await attempt(context, name, async () => {
        const system = await open.get(name);
        return system && measureSystem(system);
      });
      if (measured !== undefined) found[name] = measured;
    }
    const all = (key) =>
      Object.fromEntries(Object.entries(found).map(([name, one]) => [name, [one[key]]]));
    const notes = Object.fromEntries(
      Object.entries(found).map(([name, one]) => [name, `processes: ${one.processes}`]),
    );
    const each = 'for each idle container';
    return [
      figureOf(
        { key: `${scenario}.memory`, title: `PSS ${each}`, unit: 'kB', notes },
        all('memory'),
      ),
      figureOf(
        { key: `${scenario}.wakeUps`, title: `wake-ups ${each}`, unit: `in ${quietSeconds} s` },
        all('wakeUps'),
      ),
    ];
  },
};

module.exports = { idle, pssOf, switchesOf };
