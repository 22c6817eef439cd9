/** What domains use, between two snapshots. */
import { formatTable } from '../../../../lib/cli/output/table';
import { sorted, usageBetween, usageTable } from '../../../../lib/cli/output/usage';
import { snapshotOf } from '../snapshots';

const first = [snapshotOf('a', { id: 1, time: 1000, cpu: 1_000_000_000n, bytes: 100 })];

test('rates are of the time between, and sizes of the last snapshot', () => {
  const after = [snapshotOf('a', { id: 1, time: 3000, cpu: 2_000_000_000n, bytes: 2148 })];
  expect(usageBetween(first, after)).toEqual([
    {
      ...{ id: 1, name: 'a', uuid: 'uuid-a', state: 'running' },
      ...{ cpu: 50, memory: 2148, memoryLimit: 1048576, processes: 3 },
      ...{ read: 1024, written: 1024, received: 1024, sent: 2048 },
    },
  ]);
});

test.each([
  ['was not there', snapshotOf('b', { id: 2, time: 3000 })],
  ['was started again', snapshotOf('a', { id: 9, time: 3000 })],
])('a domain that %s has no rates', (_what, after) => {
  const [usage] = usageBetween(first, [after]);
  expect(usage).toMatchObject({ memory: 0, processes: 3 });
  expect(usage).not.toHaveProperty('cpu');
});

test('what does not run is left out, and what is not counted is absent', () => {
  const { id: _, ...off } = snapshotOf('off', { id: 1, time: 1 });
  expect(usageBetween([], [off])).toEqual([]);
  const {
    cpu: _cpu,
    memory: _memory,
    io: _io,
    network: _network,
    pids: _pids,
    ...bare
  } = snapshotOf('bare', { id: 1, time: 1 });
  expect(usageBetween([bare], [{ ...bare, time: 2 }])).toEqual([
    { id: 1, name: 'bare', uuid: 'uuid-bare', state: 'running' },
  ]);
});

test('each order, and the table', () => {
  const one = { id: 1, name: 'one', uuid: 'x', state: 'running', cpu: 1.26, memory: 1536 };
  const two = { id: 22, name: 'two', uuid: 'y', state: 'paused', received: 5, processes: 3 };
  const names = (order: Parameters<typeof sorted>[1]): string[] =>
    sorted([two, one], order).map(({ name }) => name);
  expect(names('cpu')).toEqual(['one', 'two']);
  expect(names('memory')).toEqual(['one', 'two']);
  expect(names('processes')).toEqual(['two', 'one']);
  expect(names('io')).toEqual(['one', 'two']);
  expect(names('network')).toEqual(['two', 'one']);
  expect(names('name')).toEqual(['one', 'two']);
  expect(formatTable(usageTable([one, two]), 'bare')).toBe(
    ' 1    one            1.3   1.5K   -   -   -   -   -   -\n' +
      ' 22   two (paused)   -     -      -   3   -   -   5   -\n',
  );
});
