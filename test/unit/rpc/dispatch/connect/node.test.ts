/** The memory of the host for a client: what is no setting, and no size of pages, is refused; cells end with the last one. */
import type { Connection } from '../../../../../lib/index';
import { nodeHandlers } from '../../../../../lib/rpc/dispatch/connect/node';
import { parameterTypes } from '../../../../../lib/rpc/protocol/values';
import { callOn } from '../fake-call';

function changed(value: number): unknown[] {
  const changes: unknown[] = [];
  const connection = {
    setNodeMemoryMerging: (change: unknown) => changes.push(change),
  } as unknown as Connection;
  const parameter = {
    field: 'shm_merge_across_nodes',
    value: { type: parameterTypes.uint, value },
  };
  const given = { parameters: [parameter], flags: 0 };
  void nodeHandlers.NodeSetMemoryParameters(callOn(connection), given);
  return changes;
}

test.each([
  [0, false],
  [1, true],
])('%i is whether pages of different cells are merged', (value, mergeAcrossNodes) => {
  expect(changed(value)).toEqual([{ mergeAcrossNodes }]);
});

test.each([2, 7, 65_536])('%i is neither yes nor no', (value) => {
  expect(() => changed(value)).toThrow(`shm_merge_across_nodes is 0 or 1, not ${value}`);
});

/** A host with the cells 0 and 1, each with as many free pages of 2048 KiB as its number says, and what was allocated. */
function host(): { readonly connection: Connection; readonly allocated: unknown[] } {
  const allocated: unknown[] = [];
  const connection = {
    nodeCells: () => [0, 1],
    nodeFreePages: ({ cell = 9 }: { cell?: number | undefined }) => {
      if (cell === 7) throw new Error('no such cell');
      return [{ size: 2048, free: cell }];
    },
    nodeAllocatePages: (change: unknown) => allocated.push(change),
  };
  return { connection: connection as unknown as Connection, allocated };
}

function freePages(sizes: readonly number[], firstCell: number, cells: number): unknown {
  const call = callOn(host().connection);
  return nodeHandlers.NodeGetFreePages(call, { sizes: [...sizes], firstCell, cells, flags: 0 });
}

test.each([
  [-1, 1, [9n]],
  [0, 2, [0n, 1n]],
  [1, 5, [1n]],
])('free pages from the cell %i, of %i at most', (firstCell, cells, counts) => {
  expect(freePages([2048], firstCell, cells)).toEqual({ counts });
});

test('of a size or a cell that the host does not have, no number is told', () => {
  expect(() => freePages([2048, 5], 1, 1)).toThrow('page size 5 is not available on node 1');
  expect(() => freePages([5], -1, 1)).toThrow(/page size 5 is not available$/);
  expect(() => freePages([2048], 7, 1)).toThrow('no such cell');
});

test('pages are allocated in the cells that there are', async () => {
  const { connection, allocated } = host();
  const given = { sizes: [2048], counts: [3n], firstCell: 1, cells: 4, flags: 1 };
  expect(await nodeHandlers.NodeAllocPages(callOn(connection), given)).toEqual({ count: 1 });
  expect(allocated).toEqual([{ size: 2048, count: 3, how: 'set', cell: 1 }]);
});
