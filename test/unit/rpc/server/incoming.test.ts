/** Messages with the descriptors that they bring, however both come, and what becomes of descriptors that belong to none. */
import { messageTypes } from '../../../../lib/rpc/protocol/numbers';
import { IncomingMessages } from '../../../../lib/rpc/server/incoming';
import type { Incoming } from '../../../../lib/rpc/server/incoming';
import { encodeMessage } from '../../../../lib/rpc/server/message';

const longest = 1000;

interface Received {
  readonly messages: IncomingMessages;
  /** In the order in which they were closed. */
  readonly closed: number[];
}

function receiving(): Received {
  const closed: number[] = [];
  const messages = new IncomingMessages(
    () => longest,
    (descriptors) => closed.push(...descriptors),
  );
  return { messages, closed };
}

/** A call that says that it brings so many descriptors, without the bytes that they come with. */
function call(serial: number, count: number): Buffer {
  const type = count === 0 ? messageTypes.call : messageTypes.callWithDescriptors;
  const header = { program: 1, version: 1, procedure: 1, type, serial, status: 0 };
  return encodeMessage(header, (writer) => {
    if (count > 0) writer.uint(count);
  });
}

/** The serial of each message, and its descriptors. */
function told(messages: readonly Incoming[]): [number, readonly number[]][] {
  return messages.map(({ frame, descriptors }) => [frame.readUInt32BE(16), descriptors]);
}

const byte = Buffer.alloc(1);

test('each message has its own descriptors, one byte of which brings one', () => {
  const { messages, closed } = receiving();
  expect(told(messages.take(Buffer.concat([call(1, 0), call(2, 2), byte]), [5]))).toEqual([
    [1, []],
  ]);
  expect(told(messages.take(Buffer.concat([byte, call(3, 1)]), [6]))).toEqual([[2, [5, 6]]]);
  expect(told(messages.take(Buffer.concat([byte]), [7]))).toEqual([[3, [7]]]);
  messages.close();
  expect(closed).toEqual([]);
});

test('all of a message may come at once, and two messages with theirs', () => {
  const { messages } = receiving();
  const both = Buffer.concat([call(1, 2), byte, byte, call(2, 1), byte]);
  expect(told(messages.take(both, [5, 6, 7]))).toEqual([
    [1, [5, 6]],
    [2, [7]],
  ]);
});

test.each([
  ['belongs to no message', Buffer.concat([call(1, 0)]), [5], 'belongs to no message'],
  ['comes before its message does', call(1, 2).subarray(0, 10), [5], 'belongs to no message'],
  [
    'is one more than a message brings',
    Buffer.concat([call(1, 1), byte]),
    [5, 6],
    'belongs to no message',
  ],
  ['is missing', Buffer.concat([call(1, 2), byte, byte]), [5], '1 of its 2'],
  ['is one of too many', Buffer.concat([call(1, 33)]), [5], 'more than 32'],
])('a descriptor that %s ends all, and those that have come are closed', (...row) => {
  const [, bytes, descriptors, message] = row;
  const { messages, closed } = receiving();
  expect(() => messages.take(bytes, descriptors)).toThrow(message);
  expect(closed.sort()).toEqual(descriptors);
});

test('those of the messages before one that means nothing are closed, too', () => {
  const { messages, closed } = receiving();
  const bytes = Buffer.concat([call(1, 1), byte, call(2, 2), byte, byte]);
  expect(() => messages.take(bytes, [5, 6])).toThrow('1 of its 2');
  expect(closed.sort()).toEqual([5, 6]);
});

test('a message that never comes whole leaves none open', () => {
  const { messages, closed } = receiving();
  expect(messages.take(Buffer.concat([call(1, 3), byte]), [5])).toEqual([]);
  expect(messages.take(byte, [6])).toEqual([]);
  messages.close();
  expect(closed).toEqual([5, 6]);
});
