/**
 * The daemon's reader of frames and of what is in them, as a fuzzer knows it: what is promised of any bytes that a client sends.
 * A text is bytes by its first 256 characters' numbers: `f` and a stream of frames, or anything else, the number of a procedure, and
 * the body of a call, which has the right frame around it then.
 */
import { isDeepStrictEqual } from 'node:util';
import { ProtocolError } from '../../../lib/errors';
import { lengthSize, programs } from '../../../lib/rpc/protocol/numbers';
import type { Procedure } from '../../../lib/rpc/protocol/procedure';
import { FrameReader } from '../../../lib/rpc/server/frame-reader';
import type { Frame } from '../../../lib/rpc/server/frame-reader';
import { decodeFrame, encodeRaw } from '../../../lib/rpc/server/message';
import { XdrReader } from '../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../lib/rpc/xdr/writer';
import type { Codec } from '../../../lib/rpc/xdr/codec';
import { remoteTables } from '../../support/clients/remote-procedures';
import type { Depth } from './depth';

const procedures: readonly Procedure<unknown, unknown>[] = remoteTables.flatMap((table) =>
  Object.values(table),
);

const byNumber = new Map(procedures.map((procedure) => [procedure.number, procedure]));

/** Bytes that a frame may have here, without its length. */
const longestFrame = 4096;

/** @throws what breaks a promise. */
export function checkFrames(text: string): Depth {
  const frames = framesOf(bytesFor(text));
  const depths = (frames ?? []).map((frame) => depthOf(frame));
  return depths.find((depth) => depth === 'prepared') ?? depths[0] ?? 'refused';
}

/** The bytes that a text means, each a character of its own. */
export function streamOf(text: string): string {
  return bytesFor(text).toString('latin1');
}

function bytesFor(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return text.startsWith('f') ? bytes.subarray(1) : callOf(bytes);
}

/** A frame with the call of some procedure. */
function callOf(bytes: Buffer): Buffer {
  const { number } = procedures[(bytes[1] ?? 0) % procedures.length] ?? { number: 0 };
  const { number: program, version } = programs.remote;
  const header = { program, version, procedure: number, type: 0, serial: 1, status: 0 };
  return Buffer.concat(encodeRaw(header, bytes.subarray(2)));
}

/** The frames in a stream, which are the same however it comes; undefined when the reader refuses it. */
function framesOf(stream: Buffer): Buffer[] | undefined {
  const whole = readIn(stream, stream.length);
  for (const piece of [1, 7, 30]) {
    const other = readIn(stream, piece);
    const isSame = whole === undefined ? other === undefined : isDeepStrictEqual(other, whole);
    if (!isSame) throw new Error(`other frames when ${piece} bytes come at once`);
  }
  return whole?.map(({ bytes }) => bytes);
}

function readIn(stream: Buffer, piece: number): Frame[] | undefined {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let at = 0; at < stream.length; at += piece) {
    const found = unlessRefused(() => reader.take(stream.subarray(at, at + piece), longestFrame));
    if (found === undefined) return undefined;
    frames.push(...found);
    if (reader.pending > longestFrame + lengthSize)
      throw new Error('more is kept than a frame may have');
  }
  return frames;
}

function depthOf(frame: Buffer): Depth {
  const { header, raw } = decodeFrame(frame);
  const procedure = byNumber.get(header.procedure);
  if (procedure === undefined) return 'refused';
  const depths = [procedure.arguments, procedure.result].map((codec) => depthIn(codec, raw));
  return depths.find((depth) => depth === 'prepared') ?? depths[0] ?? 'refused';
}

/**
 * Whether the bytes begin with a value of this kind. What is written of it is the same value, in no more bytes: fewer if something
 * follows it, or a text in it has a NUL.
 */
function depthIn(codec: Codec<unknown>, bytes: Buffer): Depth {
  const read = unlessRefused(() => ({ value: codec.read(new XdrReader(bytes)) }));
  if (read === undefined) return 'refused';
  const written = bytesOf(codec, read.value);
  if (written.length > bytes.length) throw new Error('more is written of a value than was read');
  if (!isDeepStrictEqual(codec.read(new XdrReader(written)), read.value)) {
    throw new Error('what is written of a value is another value');
  }
  return written.equals(bytes) ? 'prepared' : 'read';
}

function bytesOf(codec: Codec<unknown>, value: unknown): Buffer {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return writer.finish();
}

/** Undefined when it is refused as no message; whatever else is thrown is a bug. */
function unlessRefused<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
