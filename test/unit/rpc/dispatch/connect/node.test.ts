/** How a client changes how memory is merged: what is no setting is refused, and changes nothing. */
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
