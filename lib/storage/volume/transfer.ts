/** The bytes of a volume's file as a stream: out of it, and into it. */
import { errorMonitor } from 'node:events';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { TslxcError } from '../../errors';
import { fileError, naming } from '../../host/state/file-error';
import { openWritable } from './change';

/** Which bytes of the file. */
export interface Extent {
  /** Where they begin. Default: 0. */
  readonly offset?: number | undefined;
  /** How many at most; 0, the default, for all. */
  readonly length?: number | undefined;
}

const step = 'transfer a storage volume';

/** @throws TslxcError INVALID_ARG. */
export function checkExtent({ offset = 0, length = 0 }: Extent): void {
  for (const [name, value] of Object.entries({ offset, length })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new TslxcError('INVALID_ARG', `${name} ${value} is not a number of bytes`);
  }
}

/** @throws SyscallError if the file can't be opened. An error of the stream has the file's `path`. */
export async function readingFrom(
  path: string,
  { offset = 0, length = 0 }: Extent,
): Promise<Readable> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const end = length === 0 ? {} : { end: offset + length - 1 };
    return about(path, file.createReadStream({ start: offset, ...end }));
  } catch (error) {
    throw fileError(error, step);
  }
}

/**
 * What is written to the stream goes into the file, which becomes longer if need be.
 *
 * @throws SyscallError if the file can't be opened. An error of the stream has the file's `path`; once the
 * stream gets more than `length` bytes, it fails with OPERATION_FAILED.
 */
export async function writingTo(
  path: string,
  { offset = 0, length = 0 }: Extent,
): Promise<Writable> {
  try {
    const file = await openWritable(path);
    const stream = file.createWriteStream({ start: offset });
    return about(path, length === 0 ? stream : limited(stream, length));
  } catch (error) {
    throw fileError(error, step);
  }
}

/** read(2) and write(2) know only a descriptor. The monitor doesn't handle an error: one that nobody handles is still thrown. */
function about<T extends Readable | Writable>(path: string, stream: T): T {
  stream.on(errorMonitor, (error) => void naming(path, error));
  return stream;
}

function limited(target: Writable, length: number): Writable {
  let left = length;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left >= 0) target.write(chunk, done);
      else done(new TslxcError('OPERATION_FAILED', `there are more than ${length} bytes`));
    },
    final: (done) => void target.end(done),
    destroy(error, done) {
      target.destroy();
      done(error);
    },
  });
  target.on('error', (error) => stream.destroy(error));
  return stream;
}
