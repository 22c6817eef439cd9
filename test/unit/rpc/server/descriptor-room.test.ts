/** That the daemon is about to lose clients for want of descriptors is said, once each time. */
import { raiseDescriptors } from '../../../../lib/errors';
import { DescriptorRoom } from '../../../../lib/rpc/server/descriptors/descriptor-room';

test('the last descriptors are said to be in use once, and again after there was room', () => {
  const warn = jest.fn();
  const room = new DescriptorRoom(1024, { warn });
  for (const descriptor of [20, 900, 1006]) room.note(descriptor);
  expect(warn).not.toHaveBeenCalled();
  for (const descriptor of [1007, 1023, 1000, 1023]) room.note(descriptor);
  expect(warn.mock.calls).toEqual([
    [{ limit: 1024, left: 16 }, expect.stringContaining(raiseDescriptors())],
  ]);
  for (const descriptor of [959, 1010]) room.note(descriptor);
  expect(warn).toHaveBeenCalledTimes(2);
});
