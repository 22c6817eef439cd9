/** Channel over a pair of sockets: order, end, malformed bytes, and what keeps the process alive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame, FrameDecoder } from '../../../../lib/container/monitor/frames';
import type { Message } from '../../../../lib/container/monitor/messages';
import { runChild, source } from '../../driver/source-child';
import { socketPair } from '../socket-pair';

const spawned: Message = { message: 'spawned', pid: 7 };
const done: Message = { message: 'done', error: 0 };
const protocolError = expect.objectContaining({ code: 'PROTOCOL_ERROR' }) as unknown;

test('messages arrive in order, whether they or the reader came first', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const early = [channel.receive(), channel.receive()];
  pair.theirs.write(Buffer.concat([spawned, done, spawned].map(encodeFrame)));
  expect(await Promise.all(early)).toEqual([spawned, done]);
  expect(await channel.receive()).toEqual(spawned);
});

test('a message that arrives byte by byte is one message', async () => {
  using pair = await socketPair();
  pair.theirs.setNoDelay(true);
  const received = new Channel(pair.ours).receive();
  for (const byte of encodeFrame(spawned)) {
    pair.theirs.write(Buffer.of(byte));
    await sleep(1);
  }
  expect(await received).toEqual(spawned);
});

test('the end of the stream is no message, and every reader learns of it', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const waiting = [channel.receive(), channel.receive()];
  pair.theirs.end(encodeFrame(done));
  expect(await Promise.all(waiting)).toEqual([done, undefined]);
  expect(await channel.receive()).toBeUndefined();
});

test('an end in the middle of a message is an end', async () => {
  using pair = await socketPair();
  const received = new Channel(pair.ours).receive();
  pair.theirs.end(encodeFrame(spawned).subarray(0, 6));
  expect(await received).toBeUndefined();
});

test('malformed bytes are an error for a reader that waits, and for those that come later', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const waiting = channel.receive();
  pair.theirs.write(Buffer.from([1, 0, 0, 0, 99]));
  await expect(waiting).rejects.toEqual(protocolError);
  await expect(channel.receive()).rejects.toEqual(protocolError);
});

test('what came before malformed bytes is still read', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  pair.theirs.write(encodeFrame(spawned));
  expect(await channel.receive()).toEqual(spawned);
  pair.theirs.write(encodeFrame(done));
  await sleep(20);
  pair.theirs.write(Buffer.alloc(64));
  await sleep(20);
  expect(await channel.receive()).toEqual(done);
  await expect(channel.receive()).rejects.toEqual(protocolError);
});

test('what is sent arrives whole, and to a peer that has gone nothing is sent', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const decoder = new FrameDecoder();
  const arrived: Message[] = [];
  pair.theirs.on('data', (bytes: Buffer) => arrived.push(...decoder.push(bytes)));
  const bytes = Buffer.alloc(400_000, 'x');
  channel.send({ message: 'input', bytes });
  channel.send(done);
  await new Promise<void>((resolve) => channel.whenWritable(resolve));
  while (arrived.length < 2) await sleep(5);
  expect(arrived).toEqual([{ message: 'input', bytes }, done]);
  pair.theirs.destroy();
  expect(await channel.receive()).toBeUndefined();
  channel.send(done);
});

test('a writer waits for a peer that reads nothing, but not for one that has gone', async () => {
  using pair = await socketPair();
  pair.theirs.pause();
  const channel = new Channel(pair.ours);
  let writable = 0;
  channel.send({ message: 'input', bytes: Buffer.alloc(4_000_000) });
  channel.whenWritable(() => (writable += 1));
  await sleep(30);
  expect(writable).toBe(0);
  pair.theirs.destroy();
  while (writable === 0) await sleep(5);
  channel.whenWritable(() => (writable += 1));
  expect(writable).toBe(2);
});

test('a paused channel lets its peer wait', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  channel.pause();
  pair.theirs.write(encodeFrame({ message: 'output', bytes: Buffer.alloc(4_000_000) }));
  await sleep(30);
  expect(pair.theirs.writableNeedDrain).toBe(true);
  channel.resume();
  expect(await channel.receive()).toMatchObject({ message: 'output' });
});

/** Runs code with an open channel whose peer says nothing; what it prints at its end. */
function inChild(code: string): Promise<string> {
  return runChild(`
    const { Channel } = require(${source('container/monitor/channel.ts')});
    const server = require('node:net').createServer((socket) => socket.unref());
    const path = require('node:path').join(require('node:os').tmpdir(), 'tslxc-' + process.pid);
    server.listen(path, () => {
      const socket = require('node:net').createConnection(path, () => {
        server.unref();
        require('node:fs').unlinkSync(path);
        const channel = new Channel(socket);
        process.on('exit', () => console.log('ended'));
        ${code}
      });
    });`);
}

test('an idle channel keeps no process alive', async () => {
  expect(await inChild('void channel.receive();')).toBe('ended\n');
});

test('a held channel keeps the process alive until the action is over', async () => {
  const action = `
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100).unref());
    void channel.held(() => pause().then(() => console.log('over')));`;
  expect(await inChild(action)).toBe('over\nended\n');
});
