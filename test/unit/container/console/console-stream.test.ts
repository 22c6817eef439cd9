/** A console's stream, at the other end of which a monitor's bytes come: the replay raw or quiet, live bytes as they are. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Attached } from '../../../../lib/container/console/console-stream';
import { ConsoleStream } from '../../../../lib/container/console/console-stream';
import { Channel } from '../../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../../lib/container/monitor/frames';
import type { Message } from '../../../../lib/container/monitor/messages';
import { eventually } from '../../../support/time/eventually';
import { socketPair } from '../socket-pair';

const question = '\u001b[6n';

/** Without a replay, and with a container that runs. */
const live: Attached = { dropped: 0n, replayed: 0, replay: 'raw', hasEnded: () => false };

/** All that is read of a stream whose monitor says this. */
async function read(attached: Partial<Attached>, messages: readonly Message[]): Promise<string> {
  using pair = await socketPair();
  const stream = new ConsoleStream(new Channel(pair.ours), {
    dropped: 0n,
    replayed: 0,
    replay: 'quiet',
    hasEnded: () => false,
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
  const stream = new ConsoleStream(channel, live);
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

/** Numbered bytes, so that none can be missing or twice. */
function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `${index}\n`).join('');
}

async function readAll(stream: ConsoleStream): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return Buffer.concat(chunks).toString();
}

describe('a stream that nobody reads', () => {
  test('gives its descriptor back when the container ends, and has all of the output for a later reader', async () => {
    using pair = await socketPair();
    const stream = new ConsoleStream(new Channel(pair.ours), live);
    const text = numbered(40_000);
    for (let at = 0; at < text.length; at += 1000) {
      pair.theirs.write(encodeFrame(output(text.slice(at, at + 1000))));
    }
    pair.theirs.end();
    await eventually(() => expect(pair.ours.destroyed).toBe(true));
    expect(await readAll(stream)).toBe(text);
  });

  test('takes no more than it may while the container runs, and what is left when that has ended', async () => {
    using pair = await socketPair();
    let hasEnded = false;
    const stream = new ConsoleStream(new Channel(pair.ours), { ...live, hasEnded: () => hasEnded });
    const piece = Buffer.from(numbered(8000));
    for (let sent = 0; sent < 8 * 1024 * 1024; sent += piece.length) {
      pair.theirs.write(encodeFrame({ message: 'output', bytes: piece }));
    }
    await eventually(() => expect(pair.ours.isPaused()).toBe(true));
    expect(pair.ours.bytesRead).toBeGreaterThan(500 * 1024);
    expect(pair.ours.bytesRead).toBeLessThan(1024 * 1024);
    // The monitor is gone, and with it what it has not written yet.
    hasEnded = true;
    pair.theirs.destroy();
    await eventually(() => expect(pair.ours.destroyed).toBe(true), 5000);
    const text = await readAll(stream);
    expect(text.length).toBeGreaterThan(500 * 1024);
    expect(text.length % piece.length).toBe(0);
    expect(text).toBe(piece.toString().repeat(text.length / piece.length));
  });

  test('takes fewer bytes when each comes alone, since a message takes more room than its byte', async () => {
    using pair = await socketPair();
    const stream = new ConsoleStream(new Channel(pair.ours), live);
    const frame = encodeFrame(output('x'));
    const sent = Buffer.concat(Array.from({ length: 200_000 }, () => frame));
    pair.theirs.write(sent);
    await eventually(() => expect(pair.ours.isPaused()).toBe(true));
    expect(pair.ours.bytesRead).toBeLessThan(sent.length / 4);
    stream.destroy();
  });

  test('and that is dropped gives it back when it is collected', async () => {
    using pair = await socketPair();
    const channel = new Channel(pair.ours);
    // In a function of its own, whose variables are gone afterwards.
    const open = (): number => new ConsoleStream(channel, live).replayed;
    open();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await eventually(() => {
      collect();
      expect(pair.ours.destroyed).toBe(true);
    });
  });
});
