/** What becomes of the descriptors that calls bring: they are closed, whatever becomes of the call. */
import { messageTypes } from '../../../../lib/rpc/protocol/numbers';
import { encodeMessage } from '../../../../lib/rpc/server/message';
import { echo, fail, serve, wait } from '../../../support/clients/served-client';
import { eventually } from '../../../support/time/eventually';

/** A call that brings descriptors, and a byte for each of them. */
function bringing(procedure: number, count: number): Buffer {
  const type = messageTypes.callWithDescriptors;
  const header = { program: 1, version: 1, procedure, type, serial: 9, status: 0 };
  const message = encodeMessage(header, (writer) => {
    writer.uint(count);
    writer.uint(7);
  });
  return Buffer.concat([message, Buffer.alloc(count)]);
}

test.each([
  ['is answered', echo, 0],
  ['fails', fail, 1],
])('what a call has brought is closed once it %s, and not before', async (_, procedure, status) => {
  await using served = await serve();
  const { client, hearer, closed, waiting } = served;
  hearer.hear(bringing(wait, 2), [5, 6]);
  await eventually(() => expect(waiting).toHaveLength(1));
  hearer.hear(bringing(procedure, 1), [7]);
  expect((await client.next()).header.status).toBe(status);
  await eventually(() => expect(closed).toEqual([7]));
  waiting[0]?.();
  await client.next();
  await eventually(() => expect(closed).toEqual([7, 5, 6]));
});

test('what calls have brought that are never begun is closed when the client is gone', async () => {
  await using served = await serve();
  const { peer, hearer, closed, waiting } = served;
  for (let count = 0; count < 5; count += 1) hearer.hear(bringing(wait, 0), []);
  await eventually(() => expect(waiting).toHaveLength(5));
  hearer.hear(bringing(echo, 1), [5]);
  // All but the last byte of one.
  hearer.hear(bringing(echo, 2).subarray(0, -1), [6]);
  peer.closeSoon();
  await eventually(() => expect([...closed].sort()).toEqual([5, 6]));
});

test('a descriptor that no call brings ends the connection', async () => {
  await using served = await serve();
  served.hearer.hear(Buffer.alloc(1), [5]);
  await served.client.closed();
  expect(served.closed).toEqual([5]);
});
