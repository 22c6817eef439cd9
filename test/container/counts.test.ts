/**
 * What a start, a command and a destroy cost, as numbers of system calls by what they do: the same on every machine and at every load,
 * where times are not. Mounts, openings, processes and files of cgroups are exact, beside what the plan and the machine's cgroups
 * ask for. test/more/container/counts.test.ts plants more of each.
 */
import { CountedContainer } from '../support/counts/counted-container';
import { DrivenChild } from '../support/process/driven-child';
import { unrest } from '../support/process/at-rest';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf, monitorsOf } from '../support/world/container-traces';

const world = containerTest(async (keep) => ({ container: await CountedContainer.make(keep) }), {
  per: 'file',
});

test('a start, a command and a destroy take as many calls of each kind as plan and cgroups ask for', async () => {
  const life = await world.container.live();
  expect(await world.container.differences(life)).toEqual([]);
});

/** Timers of the caller that are set, however they were made. */
const watchTimers = `
  globalThis.timers = new Map();
  require('node:async_hooks').createHook({
    init: (id, type, _, timer) => { if (type === 'Timeout') timers.set(id, timer); },
    destroy: (id) => timers.delete(id),
  }).enable();`;
const timersLeft = `
  return [...timers.values()].map((timer) => timer[Symbol.toPrimitive]() + ': every ' + timer._repeat + ', after ' + timer._idleTimeout);`;

test('while a container is idle, its monitor waits without a time-out, and its caller has no timer', async () => {
  const { container } = world;
  await using caller = await DrivenChild.start(container.root);
  await caller.run(watchTimers);
  await caller.run(`
    globalThis.counted = await connection.lookupDomainByName('${container.name}');
    await counted.start();`);
  const [monitor = -1] = monitorsOf(container.name);
  await eventually(() => expect(unrest([monitor])).toEqual([]));
  await eventually(async () => expect(await caller.run(timersLeft)).toEqual([]));
  // Nor is it the container that keeps the monitor busy.
  expect(unrest([await initOf(container.name)])).toEqual([]);
  await caller.run('await counted.destroy();');
});
