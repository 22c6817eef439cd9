/** The output of a command, copied: held up by its reader, left open by others, and not read any more. */
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutputCopy } from '../../../../lib/cli/terminal/output-copy';

interface Reader {
  readonly stream: Writable;
  readonly read: string[];
}

/** Takes one chunk after the other; `hold` is what happens meanwhile. */
function reader(hold: () => Promise<unknown>): Reader {
  const read: string[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done): void {
      hold().then(
        () => {
          read.push(String(chunk));
          done();
        },
        (error: unknown) => done(error as Error),
      );
    },
  });
  return { stream, read };
}

function ignore(): void {
  throw new Error('the reader is there');
}

test('what others hold open is at its end when nothing comes any more', async () => {
  const source = new PassThrough();
  const { stream, read } = reader(() => Promise.resolve());
  const copy = new OutputCopy(source, stream, ignore);
  source.write('first');
  setTimeout(() => source.write('second'), 50);
  await copy.untilSilent();
  expect(read.join('')).toBe('firstsecond');
});

test('a reader that takes longer than any silence gets it all', async () => {
  const source = new PassThrough();
  const { stream, read } = reader(() => sleep(450));
  const copy = new OutputCopy(source, stream, ignore);
  for (const word of ['first', 'second', 'third']) source.write(word);
  await copy.untilSilent();
  expect(read.join('')).toBe('firstsecondthird');
});

test('what has ended is written before it is said to be', async () => {
  const source = new PassThrough();
  const { stream, read } = reader(() => sleep(100));
  const copy = new OutputCopy(source, stream, ignore);
  source.end('last');
  await copy.untilSilent();
  expect(read.join('')).toBe('last');
});

test('a reader that goes while it holds up the source ends it at once', async () => {
  const source = new PassThrough({ highWaterMark: 1 });
  const { stream } = reader(async () => {
    await sleep(50);
    throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  });
  let told = 0;
  const copy = new OutputCopy(source, stream, () => (told += 1));
  source.write('first');
  // No caller waits for what is written after that.
  source.write('second', () => source.write('third', () => source.end()));
  await copy.untilSilent();
  expect(told).toBeGreaterThan(0);
  await sleep(1);
  expect(source.readableEnded).toBe(true);
  expect(copy.failure).toBeUndefined();
});

test('what can not be written ends it too, and is told of', async () => {
  const source = new PassThrough();
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const { stream } = reader(() => Promise.reject(full));
  let told = 0;
  const copy = new OutputCopy(source, stream, () => (told += 1));
  source.end('lost');
  await copy.untilSilent();
  await sleep(1);
  expect([told, copy.failure]).toEqual([1, full]);
});
