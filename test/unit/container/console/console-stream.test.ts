/** A console's stream, at the other end of which a monitor's bytes come: the replay raw or quiet, live bytes as they are. */
import { once } from 'node:events';
import type { Attached } from '../../../../lib/container/console/console-stream';
import { ConsoleStream } from '../../../../lib/container/console/console-stream';
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import type { Message } from '../../../../lib/container/monitor/messages';
import { socketPair } from '../socket-pair';

const question = '\u001b[6n';

/** All that is read of a stream whose monitor says this. */
async function read(attached: Partial<Attached>, messages: readonly Message[]): Promise<string> {
  using pair = await socketPair();
  const stream = new ConsoleStream(new Channel(pair.ours), {
    dropped: 0n,
    replayed: 0,
    replay: 'quiet',
    ...attached,
  });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const message of messages) pair.theirs.write(encodeFrame(message));
  pair.theirs.end();
  await once(stream, 'close');
  return Buffer.concat(chunks).toString();
}

function output(text: string): Message {
  return { message: 'output', bytes: Buffer.from(text) };
}

test('a raw replay is byte for byte', async () => {
  const text = `# ${question}ls`;
  expect(await read({ replay: 'raw', replayed: text.length }, [output(text)])).toBe(text);
});

test('a quiet replay has no question, what is live does, in the same message too', async () => {
  const old = `# ${question}ls`;
  const live = `\r\n# ${question}`;
  const messages = [output(`${old}${live}`), output(live)];
  expect(await read({ replayed: old.length }, messages)).toBe(`# ls${live}${live}`);
});

test('a question that begins in the replay and ends live is live', async () => {
  expect(await read({ replayed: 3 }, [output('a\u001b['), output('6nb')])).toBe(`a${question}b`);
});

test('without a replay all is live', async () => {
  expect(await read({}, [output(question)])).toBe(question);
});

test('bytes that a slow reader has missed are no longer to come', async () => {
  const messages: Message[] = [
    output('a\u001b['),
    { message: 'skipped', bytes: 4n },
    output(`b${question}c${question}d`),
  ];
  expect(await read({ replayed: 3 + 4 + 1 + question.length }, messages)).toBe(`abc${question}d`);
});

test('each gap is told of, where it is', async () => {
  using pair = await socketPair();
  const channel = new Channel(pair.ours);
  const stream = new ConsoleStream(channel, { dropped: 0n, replayed: 0, replay: 'raw' });
  const seen: string[] = [];
  stream.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
  stream.on('skipped', (bytes) => seen.push(`${bytes} skipped, ${stream.readableLength} to read`));
  const gap = (bytes: bigint): Message => ({ message: 'skipped', bytes });
  for (const message of [output('a'), gap(3n), output('b'), gap(4n), output('c')]) {
    pair.theirs.write(encodeFrame(message));
  }
  pair.theirs.end();
  await once(stream, 'close');
  expect(seen).toEqual(['a', '3 skipped, 0 to read', 'b', '4 skipped, 0 to read', 'c']);
  expect(stream.skipped).toBe(7n);
});
