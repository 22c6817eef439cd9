/** Messages as bytes: their length, their header, their body. */
import { messageTypes } from '../protocol/numbers';
import { header as headerCodec } from '../protocol/values';
import type { Header } from '../protocol/values';
import { XdrReader } from '../xdr/reader';
import { XdrWriter } from '../xdr/writer';

/** What writes the body of a message. */
export type WriteBody = (writer: XdrWriter) => void;

/** A message with its length. */
export function encodeMessage(header: Header, writeBody: WriteBody): Buffer {
  const writer = new XdrWriter();
  writer.uint(0);
  headerCodec.write(writer, header);
  writeBody(writer);
  writer.uintAt(0, writer.length);
  return writer.finish();
}

/** A message whose body is not XDR: the data of a stream has no padding. */
export function encodeRaw(header: Header, bytes: Uint8Array): Buffer[] {
  const head = encodeMessage(header, () => undefined);
  head.writeUInt32BE(head.length + bytes.length, 0);
  return [head, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
}

/** Whether a frame, or the header of one, is a call, which gets an answer. */
export function isCall(frame: Buffer): boolean {
  const { type } = headerCodec.read(new XdrReader(frame));
  return type === messageTypes.call || type === messageTypes.callWithDescriptors;
}

/** A frame as `FrameReader` gives it: the header, and a reader of the body. */
export function decodeFrame(frame: Buffer): { header: Header; body: XdrReader; raw: Buffer } {
  const header = headerCodec.read(new XdrReader(frame));
  const raw = frame.subarray(headerCodec.least);
  return { header, body: new XdrReader(raw), raw };
}
