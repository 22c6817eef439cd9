/** Ways to read the output of a command, and what each of them has read by the time that the command's result settles. */
import { Writable, type Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommandResult, Domain } from 'tslxc';

const lines = 30_000;
/** More than a pipe holds. */
export const written = Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join('');

type Reader = (stream: Readable, take: (chunk: Buffer) => void) => void;

/** A few turns of the event loop for each piece. */
async function dawdle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

const readers: Readonly<Record<string, Reader>> = {
  'listens to it': (stream, take) => void stream.on('data', take),
  'pauses after each piece of it': (stream, take) => {
    stream.on('data', (chunk: Buffer) => {
      take(chunk);
      stream.pause();
      void dawdle().then(() => stream.resume());
    });
  },
  'iterates over it, and takes its time': (stream, take) => {
    const iterate = async (): Promise<void> => {
      for await (const chunk of stream) {
        take(chunk as Buffer);
        await dawdle();
      }
    };
    void iterate();
  },
  'pipes it to a slow stream': (stream, take) => {
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _, done) => {
        take(chunk);
        void dawdle().then(() => done());
      },
    });
    // All but the last piece is written by then, and that has been passed on.
    stream.pipe(slow);
  },
};

export const readerNames = Object.keys(readers);

/** What a reader has by the time that the result settles. */
export async function readUntilResult(
  domain: Domain,
  name: string,
): Promise<{ readonly read: string; readonly result: CommandResult }> {
  const command = await domain.exec(['seq', '1', String(lines)], { stdin: 'ignore' }).started;
  const chunks: Buffer[] = [];
  readers[name]?.(command.stdout, (chunk) => chunks.push(chunk));
  const result = await command.result;
  return { read: Buffer.concat(chunks).toString(), result };
}
