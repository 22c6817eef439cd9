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

const world = containerTest(
  async (keep) => {
    const container = await CountedContainer.make(keep);
    return { container, life: await container.live() };
  },
  { per: 'file' },
);

test('a start, a command and a destroy take as many calls of each kind as plan and cgroups ask for', async () => {
  expect(await world.container.differences(world.life)).toEqual([]);
});

// While one ends, root inside may be able to open its descriptors: native/base/descriptors.h.
test('the guardian of a command closes all descriptors before it ends', () => {
  const { exec } = world.life;
  const inside = exec.filter(({ process }) => process === 'command');
  const guardian = inside.find(
    ({ name, text }) => name === 'prctl' && text.includes('"tslxc-exec"'),
  );
  const calls = inside.filter(({ pid }) => pid === guardian?.pid);
  expect(calls.slice(-2).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^close_range\(0, 4294967295, 0\)\s+= 0/),
    expect.stringMatching(/^exit_group\(0\)/),
  ]);
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
