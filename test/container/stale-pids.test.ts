/**
 * Pids on record that another process has by now: it is not signalled. Other verbs, and what else a record can be, are in
 * test/more/container/stale-state.test.ts.
 */
import { containerTest, nothing } from '../support/world/container-test';
import { expectNoSignal, Innocent } from './recycled-pids';

containerTest(nothing);

test('the control: a process that is signalled says so', async () => {
  await using innocent = await Innocent.make();
  expect(await innocent.signals()).toBe('');
  process.kill(innocent.pid, 'SIGTERM');
  expect(await innocent.signals()).toBe('15 ');
});

test.each(['destroy'])(
  '%s of a container whose monitor was killed signals no process that has its pids now',
  expectNoSignal,
);
