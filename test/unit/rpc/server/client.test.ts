/** What the server does with one client, whatever that sends: answers, error replies, or the end of the connection. */
import { setImmediate as turn } from 'node:timers/promises';
import { longestMessage, messageTypes, programs } from '../../../../lib/rpc/protocol/numbers';
import type { Answer } from '../../../../lib/rpc/server/peer';
import { encodeMessage } from '../../../../lib/rpc/server/message';
import {
  close,
  descriptors,
  echo,
  fail,
  large,
  serve,
  stream,
  wait,
  word,
} from '../../../support/clients/served-client';
import { eventually } from '../../../support/time/eventually';

test('each answer has the serial of its call', async () => {
  await using served = await serve();
  const { client } = served;
  for (const serial of [7, 7, 0xffffffff, 0]) {
    client.sendFrame({ procedure: echo, serial }, word(serial));
    const { header, body } = await client.next();
    expect(header).toMatchObject({ procedure: echo, serial, type: messageTypes.reply, status: 0 });
    expect(body.readUInt32BE()).toBe(serial);
  }
});

test('a call that is answered later does not hold up another', async () => {
  await using served = await serve();
  const { client, waiting } = served;
  client.sendFrame({ procedure: wait, serial: 1 }, word(1));
  client.sendFrame({ procedure: echo, serial: 2 }, word(2));
  expect((await client.next()).header.serial).toBe(2);
  waiting[0]?.();
  expect((await client.next()).header.serial).toBe(1);
});

test('of many calls at once five are under way, and the others come after them', async () => {
  await using served = await serve();
  const { client, waiting } = served;
  for (let serial = 1; serial <= 20; serial += 1)
    client.sendFrame({ procedure: wait, serial }, word(1));
  await eventually(() => expect(waiting).toHaveLength(5));
  await turn();
  expect(waiting).toHaveLength(5);
  for (let answered = 1; answered <= 20; answered += 1) {
    await eventually(() => expect(waiting.length).toBeGreaterThanOrEqual(answered));
    waiting[answered - 1]?.();
    await client.next();
  }
  expect(waiting).toHaveLength(20);
});

test('however many calls come together, the event loop goes on between them', async () => {
  await using served = await serve();
  const { client, hearer } = served;
  const { number: program, version } = programs.remote;
  const header = { program, version, procedure: echo, type: messageTypes.call, status: 0 };
  const serials = Array.from({ length: 200 }, (_, index) => index);
  const calls = serials.map((serial) =>
    encodeMessage({ ...header, serial }, (writer) => writer.uint(serial)),
  );
  hearer.hear(Buffer.concat(calls), []);
  await turn();
  expect(served.calls()).toBeLessThan(50);
  for (const serial of serials) expect((await client.next()).header.serial).toBe(serial);
});

test('what fails is an error reply, and the connection stays', async () => {
  await using served = await serve();
  const { client } = served;
  client.sendFrame({ procedure: fail, serial: 3 });
  expect(await client.nextError()).toMatchObject({
    code: 1,
    domain: 17,
    level: 2,
    message: 'internal error: it does not work',
    format: 'internal error: %1$s',
    detail: 'it does not work',
  });
  client.sendFrame({ procedure: echo, serial: 4 }, word(4));
  expect((await client.next()).header.serial).toBe(4);
});

test('a body too short for what the procedure takes is an error of the protocol, and the connection stays', async () => {
  await using served = await serve();
  const { client } = served;
  client.sendFrame({ procedure: echo, serial: 1 }, Buffer.alloc(2));
  expect(await client.nextError()).toMatchObject({ code: 39, domain: 7 });
  client.sendFrame({ procedure: echo, serial: 2 }, word(2));
  expect((await client.next()).header.serial).toBe(2);
});

test('a call with a status is an error of the protocol', async () => {
  await using served = await serve();
  served.client.sendFrame({ procedure: echo, status: 1 }, word(1));
  expect(await served.client.nextError()).toMatchObject({ code: 39 });
});

test.each([
  ['longer than libvirt’s limit', 'read-write', longestMessage + 5],
  ['of 4 GiB', 'read-write', 0xffffffff],
  ['longer than one who may only look has to say', 'read-only', 262_149],
  ['without room for a header', 'read-write', 8],
  ['of no length', 'read-write', 0],
] as const)('a frame %s ends the connection', async (_, access, length) => {
  await using served = await serve(access);
  served.client.sendFrame({ procedure: echo }, word(1), length);
  await served.client.closed();
  await eventually(() => expect(served.gone()).toBe(true));
});

const long = Buffer.alloc(262_144);

test('a frame of a stranger is no longer than that of one who may only look', async () => {
  await using served = await serve('read-write', { isStranger: true });
  served.client.sendFrame({ procedure: echo }, word(1));
  expect((await served.client.next()).header.status).toBe(0);
  served.client.sendFrame({ procedure: echo }, long);
  await served.client.closed();
  await eventually(() => expect(served.gone()).toBe(true));
});

test('a client that is no stranger any more may send long frames', async () => {
  const standing = { isStranger: true };
  await using served = await serve('read-write', standing);
  served.client.sendFrame({ procedure: echo }, word(1));
  await served.client.next();
  standing.isStranger = false;
  served.client.sendFrame({ procedure: echo }, long);
  // What follows the procedure's one word is not looked at.
  expect((await served.client.next()).body).toEqual(word(0));
});

test.each([
  ['a reply', messageTypes.reply],
  ['a notice', messageTypes.message],
  ['a packet of a stream that there is not', messageTypes.stream],
  ['a hole in a stream', messageTypes.streamHole],
  ['a type that does not exist', 77],
])('%s from a client means nothing', async (_, type) => {
  await using served = await serve();
  const { client } = served;
  client.sendFrame({ procedure: echo, type, serial: 9 }, word(1));
  client.sendFrame({ procedure: echo, serial: 10 }, word(10));
  expect((await client.next()).header.serial).toBe(10);
});

test('a client that goes in the midst of a frame, or of a call, leaves nothing', async () => {
  await using served = await serve();
  const { client, waiting } = served;
  client.sendFrame({ procedure: wait, serial: 1 }, word(1));
  await eventually(() => expect(waiting).toHaveLength(1));
  client.sendFrame({ procedure: echo, serial: 2 }, word(1), 100);
  client[Symbol.dispose]();
  await eventually(() => expect(served.gone()).toBe(true));
});

test('a ping is answered by a pong', async () => {
  await using served = await serve();
  const { number: program, version } = programs.keepalive;
  served.client.sendFrame({
    program,
    version,
    procedure: 1,
    type: messageTypes.message,
    serial: 0,
  });
  expect((await served.client.next()).header).toEqual({
    ...{ program, version, procedure: 2, type: messageTypes.message, serial: 0, status: 0 },
  });
});

test('a client that does not read is not read from, and its answers do not pile up', async () => {
  await using served = await serve();
  const { client } = served;
  client.socket.pause();
  for (let serial = 1; serial <= 50; serial += 1) client.sendFrame({ procedure: large, serial });
  // Its requests wait with the kernel, or where they can be counted: an answer has two MiB.
  const before = process.memoryUsage().arrayBuffers;
  for (let look = 0; look < 20; look += 1) await turn();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 2 ** 20);
  client.socket.resume();
  for (let serial = 1; serial <= 50; serial += 1) {
    expect((await client.next()).header.status).toBe(0);
  }
});

test('a client that never reads its events is given up', async () => {
  await using served = await serve();
  const { client, peer } = served;
  client.socket.pause();
  const body: Answer['body'] = (writer) => writer.text('x'.repeat(2 ** 22));
  for (let count = 0; count < 40; count += 1) {
    peer.notify({ program: 1, version: 1, procedure: 1, body });
  }
  await eventually(() => expect(served.gone()).toBe(true));
});

test('bytes go both ways through a stream, and either side ends it', async () => {
  await using served = await serve();
  const { client, other } = served;
  client.sendFrame({ procedure: stream, serial: 5 });
  expect((await client.next()).header).toMatchObject({ type: messageTypes.reply, serial: 5 });
  const packet = { procedure: stream, type: messageTypes.stream, serial: 5 };
  client.sendFrame({ ...packet, status: 2 }, Buffer.from('odd'));
  // What goes in comes out of a PassThrough.
  const { header, body } = await client.next();
  expect(header).toMatchObject({ ...packet, status: 2 });
  expect(body.toString()).toBe('odd');
  client.sendFrame({ ...packet, status: 0 });
  expect((await client.next()).header).toMatchObject({ ...packet, status: 0 });
  await eventually(() => expect(other.destroyed).toBe(true));
});

test('what a client has written before it finishes arrives, and what it aborts does not wait', async () => {
  await using served = await serve();
  const { client, other } = served;
  const taken: string[] = [];
  let take: () => void = () => undefined;
  // The other side takes one piece at a time, and the next when the test says so.
  other._write = (chunk: Buffer, _encoding, done) => {
    taken.push(chunk.toString());
    take = () => done();
  };
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  const packet = { procedure: stream, type: messageTypes.stream, serial: 5 };
  client.sendFrame({ ...packet, status: 2 }, Buffer.from('one'));
  client.sendFrame({ ...packet, status: 2 }, Buffer.from('two'));
  client.sendFrame({ ...packet, status: 0 });
  await eventually(() => expect(taken).toEqual(['one']));
  expect(other.destroyed).toBe(false);
  take();
  await eventually(() => expect(taken).toEqual(['one', 'two']));
  take();
  expect((await client.next()).header).toMatchObject({ ...packet, status: 0 });
  expect(other.destroyed).toBe(true);
});

test('the end of what is read is an empty packet', async () => {
  await using served = await serve();
  const { client, other } = served;
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  other.end('last words');
  expect((await client.next()).body.toString()).toBe('last words');
  const { header, body } = await client.next();
  expect(header).toMatchObject({ type: messageTypes.stream, status: 2 });
  expect(body).toHaveLength(0);
});

test('what breaks a stream is told to its client', async () => {
  await using served = await serve();
  const { client, other } = served;
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  other.destroy(new Error('the monitor is gone'));
  expect(await client.nextError()).toMatchObject({
    message: 'internal error: the monitor is gone',
  });
});

test('the other side of a stream ends with its client', async () => {
  await using served = await serve();
  const { client, other } = served;
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  client[Symbol.dispose]();
  await eventually(() => expect(other.destroyed).toBe(true));
});

test('a client that says goodbye hears so, and is gone', async () => {
  await using served = await serve();
  const { client } = served;
  const { number: program, version } = programs.remote;
  const header = { program, version, procedure: close, type: 0, serial: 1, status: 0 };
  client.send(encodeMessage(header, () => undefined));
  expect((await client.next()).header.status).toBe(0);
  await client.closed();
});

test('descriptors follow their message at once, whatever else is to be sent', async () => {
  await using served = await serve();
  const { client, peer } = served;
  const seen: Buffer[] = [];
  client.socket.removeAllListeners('data').on('data', (bytes: Buffer) => seen.push(bytes));
  client.sendFrame({ procedure: descriptors, serial: 1 });
  client.sendFrame({ procedure: descriptors, serial: 2 });
  client.sendFrame({ procedure: echo, serial: 3 }, word(3));
  await eventually(() => expect(Buffer.concat(seen).length).toBeGreaterThanOrEqual(2 * 34 + 32));
  peer.notify({ program: 1, version: 1, procedure: 1, body: () => undefined });
  await eventually(() => expect(Buffer.concat(seen)).toHaveLength(2 * 34 + 32 + 28));
  // Each of the first two: its length, its header, the number of its descriptors, and they.
  const all = Buffer.concat(seen);
  for (const at of [0, 34]) {
    expect(all.readUInt32BE(at)).toBe(32);
    expect(all.readUInt32BE(at + 16)).toBe(messageTypes.replyWithDescriptors);
    expect([...all.subarray(at + 28, at + 34)]).toEqual([0, 0, 0, 2, 100, 101]);
  }
  expect(all.readUInt32BE(68 + 20)).toBe(3);
});

test('the server is told of calls while they are under way, of streams and notices, and not of pings', async () => {
  await using served = await serve();
  const { client, peer, waiting, told } = served;
  const heard = (): string[] => told.splice(0);
  const { number: program, version } = programs.keepalive;
  client.sendFrame({ program, version, procedure: 1, type: messageTypes.message, serial: 0 });
  await client.next();
  expect(heard()).toEqual([]);
  client.sendFrame({ procedure: wait, serial: 1 }, word(1));
  await eventually(() => expect(waiting).toHaveLength(1));
  expect(heard()).toEqual(['begin']);
  waiting[0]?.();
  await client.next();
  expect(heard()).toEqual(['end']);
  client.sendFrame({ procedure: fail, serial: 2 });
  await client.nextError();
  expect(heard()).toEqual(['begin', 'end']);
  peer.notify({ program: 1, version: 1, procedure: 1, body: () => undefined });
  await client.next();
  expect(heard()).toEqual(['touch']);
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  expect(heard()).toEqual(['begin', 'end']);
  // A packet of the client's, and the same one as it comes back.
  const packet = { procedure: stream, type: messageTypes.stream, serial: 5, status: 2 };
  client.sendFrame(packet, Buffer.from('odd'));
  await client.next();
  expect(heard()).toEqual(['touch', 'touch']);
});

test('an answer that its client does not read is no call under way', async () => {
  await using served = await serve();
  const { client, told } = served;
  client.socket.pause();
  client.sendFrame({ procedure: large, serial: 1 });
  await eventually(() => expect(told).toEqual(['begin', 'end']));
});
