/** Messages ⇄ frames (messages.ts): length, kind, fields. Decoding checks every length. */
import { ProtocolError } from '../../errors';
import { largestFrame, messages } from './messages';
import type { Message, MessageField, MessageName } from './messages';

const byKind = new Map<number, MessageName>(
  Object.entries(messages).map(([name, { kind }]) => [kind, name as MessageName]),
);

const headerSize = 5;

export function encodeFrame(message: Message): Buffer {
  const { kind, fields } = messages[message.message];
  const values: Readonly<Record<string, unknown>> = message;
  const parts = Object.entries<MessageField>(fields).map(([name, type]) =>
    encodeField(type, values[name]),
  );
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const header = Buffer.allocUnsafe(headerSize);
  header.writeUInt32LE(length, 0);
  header.writeUInt8(kind, 4);
  return Buffer.concat([header, ...parts]);
}

/** Splits a stream of bytes into messages. The bytes of an incomplete frame are kept in the chunks that they came in. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #size = 0;
  /** How many bytes are needed before it is worth decoding again. */
  #wanted = headerSize;

  /** The messages that are complete with these bytes. Throws ProtocolError for anything malformed. */
  push(chunk: Buffer): Message[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const complete: Message[] = [];
    let at = 0;
    this.#wanted = headerSize;
    while (bytes.length - at >= headerSize) {
      const length = bytes.readUInt32LE(at);
      if (length === 0 || length > largestFrame)
        throw new ProtocolError(`a frame of ${length} bytes`);
      this.#wanted = 4 + length;
      if (bytes.length - at < this.#wanted) break;
      complete.push(decode(bytes.subarray(at + 4, at + 4 + length)));
      at += this.#wanted;
      this.#wanted = headerSize;
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#size = bytes.length - at;
    return complete;
  }
}

function decode(frame: Buffer): Message {
  const name = byKind.get(frame.readUInt8(0));
  if (name === undefined)
    throw new ProtocolError(`a message of the unknown kind ${frame.readUInt8(0)}`);
  const reader = new FieldReader(frame, name);
  const message: Record<string, unknown> = { message: name };
  for (const [field, type] of Object.entries<MessageField>(messages[name].fields)) {
    message[field] = reader.read(type);
  }
  reader.expectEnd();
  return message as unknown as Message;
}

class FieldReader {
  #at = 1;
  readonly #frame: Buffer;
  readonly #message: string;

  constructor(frame: Buffer, message: string) {
    this.#frame = frame;
    this.#message = message;
  }

  read(type: MessageField): unknown {
    switch (type) {
      case 'u8':
        return this.#take(1).readUInt8(0);
      case 'u32':
        return this.#u32();
      case 'u64':
        return this.#take(8).readBigUInt64LE(0);
      case 'string':
        return this.#take(this.#u32()).toString('utf8');
      case 'strings':
        return Array.from({ length: this.#count() }, () =>
          this.#take(this.#u32()).toString('utf8'),
        );
      case 'rest':
        return this.#take(this.#frame.length - this.#at);
    }
  }

  expectEnd(): void {
    if (this.#at !== this.#frame.length)
      throw new ProtocolError(`bytes left over in '${this.#message}'`);
  }

  #u32(): number {
    return this.#take(4).readUInt32LE(0);
  }

  #count(): number {
    const count = this.#u32();
    if (count > (this.#frame.length - this.#at) / 4) this.#cutShort();
    return count;
  }

  #take(size: number): Buffer {
    if (this.#at + size > this.#frame.length) this.#cutShort();
    this.#at += size;
    return this.#frame.subarray(this.#at - size, this.#at);
  }

  #cutShort(): never {
    throw new ProtocolError(`'${this.#message}' is cut short`);
  }
}

function encodeField(type: MessageField, value: unknown): Buffer {
  switch (type) {
    case 'u8':
      return Buffer.of(value as number);
    case 'u32':
      return u32(value as number);
    case 'u64': {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigUInt64LE(value as bigint);
      return bytes;
    }
    case 'string':
      return string(value as string);
    case 'strings':
      return Buffer.concat([u32((value as string[]).length), ...(value as string[]).map(string)]);
    case 'rest':
      return Buffer.from(value as Uint8Array);
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u32(bytes.length), bytes]);
}
