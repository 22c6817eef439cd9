/**
 * Reads the beginning of an image of another format than raw: by qemu-io, even while qemu-nbd serves it. That needs no
 * block device, so that a start knows the file system of the image before it takes anything.
 */
import { TslxcError } from '../../errors';
import { tryProgram } from '../../host/program';

export interface ImageContent {
  readonly source: string;
  /** By qemu's name. */
  readonly format: string;
  /** The step that an error names. */
  readonly step: string;
}

/** Where file systems have their magic numbers. */
const pieces = ['0', '32k', '64k'];
const pieceLength = '4k';

/** A line of `read -v`: the offset, and up to 16 bytes. */
const line = /^([0-9a-f]{8,}): {2}((?:[0-9a-f]{2} ){1,16})/gm;

/**
 * Its first `length` bytes; those that are not read, or lie beyond its end, are zero.
 *
 * @throws TslxcError as `runProgram`, with qemu-io's message for what it can't read.
 */
export async function startOfContent(
  { source, format, step }: ImageContent,
  length: number,
): Promise<Buffer> {
  const reads = pieces.flatMap((offset) => ['-c', `read -v ${offset} ${pieceLength}`]);
  const { output, errors } = await tryProgram({
    program: 'qemu-io',
    package: 'qemu-utils',
    args: ['--read-only', '--force-share', '--format', format, ...reads, source],
    // 1: a piece lies beyond the end of the image, or nothing could be read.
    expected: [0, 1],
    step,
  });
  const start = bytesOf(output, length);
  if (start !== undefined) return start;
  const words = errors.trim() || 'it has read nothing';
  throw new TslxcError('OPERATION_FAILED', `qemu-io: ${words} (${step})`, { step, path: source });
}

/** The bytes that qemu-io has printed, each at its offset; undefined if there are none. */
export function bytesOf(output: string, length: number): Buffer | undefined {
  const start = Buffer.alloc(length);
  const lines = [...output.matchAll(line)];
  for (const [, offset = '', bytes = ''] of lines) {
    Buffer.from(bytes.replaceAll(' ', ''), 'hex').copy(start, Number.parseInt(offset, 16));
  }
  return lines.length === 0 ? undefined : start;
}
