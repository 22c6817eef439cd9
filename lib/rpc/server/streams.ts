/**
 * The streams of one client: each carries bytes in both directions between the client and a Duplex, under the serial number of
 * the call that opened it. Only one packet at a time is on its way to the client, so that a client that does not read holds up
 * the other side (back-pressure), and nothing piles up here.
 */
import { finished } from 'node:stream';
import type { Duplex } from 'node:stream';
import { longestStreamPacket, messageStatuses, messageTypes } from '../protocol/numbers';
import type { Header } from '../protocol/values';

/** How a stream sends to its client. */
export interface StreamWire {
  /** Sends a packet; resolves when the kernel has it, or the client is gone. */
  send(header: Header, bytes: Uint8Array): Promise<void>;
  sendError(header: Header, error: unknown): void;
}

/** Milliseconds that the other side gets to take what the client has written, once the client has finished. */
const flushTime = 2000;

type Status = keyof typeof messageStatuses;

/** A stream that is open. */
class OpenStream {
  readonly #call: Header;
  readonly #duplex: Duplex;
  readonly #wire: StreamWire;
  #closed = false;

  constructor(call: Header, duplex: Duplex, wire: StreamWire) {
    this.#call = call;
    this.#duplex = duplex;
    this.#wire = wire;
    // Kept after the end: a late error would otherwise have no listener.
    duplex.on('error', () => undefined);
  }

  /** Carries bytes to the client until the other side ends. */
  async pump(): Promise<void> {
    try {
      for await (const chunk of this.#duplex.iterator({ destroyOnReturn: false })) {
        await this.#deliver(chunk as Buffer);
        if (this.#closed) return;
      }
      // An empty packet marks the end of the data.
      if (!this.#closed) await this.#wire.send(this.#header('continue'), Buffer.alloc(0));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Bytes from the client; resolves when there is room for more. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#closed || !this.#duplex.writable) return;
    // A copy, so that the whole frame is not kept in memory.
    const error = await new Promise((resolve) => this.#duplex.write(Buffer.from(bytes), resolve));
    // Told before the client can be told that all of it was taken.
    if (error !== null && error !== undefined) this.#fail(error);
  }

  /** The client has finished writing. What it wrote gets a moment to be taken, for the other side may not be reading. */
  async finish(): Promise<void> {
    // The client has been told of an error, and that is the last that it is told.
    if (this.#closed) return;
    if (this.#duplex.writable && this.#duplex.writableLength > 0) await this.#flushed();
    await this.abort();
  }

  /** The client wants no more. */
  abort(): Promise<void> {
    this.close();
    return this.#wire.send(this.#header('ok'), Buffer.alloc(0));
  }

  close(): void {
    this.#closed = true;
    this.#duplex.destroy();
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#wire.sendError(this.#header('error'), error);
  }

  #flushed(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, flushTime);
      finished(this.#duplex, { readable: false }, () => {
        clearTimeout(timer);
        resolve();
      });
      this.#duplex.end();
    });
  }

  async #deliver(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length && !this.#closed; at += longestStreamPacket) {
      await this.#wire.send(this.#header('continue'), chunk.subarray(at, at + longestStreamPacket));
    }
  }

  #header(status: Status): Header {
    return { ...this.#call, type: messageTypes.stream, status: messageStatuses[status] };
  }
}

export class Streams {
  readonly #wire: StreamWire;
  readonly #open = new Map<number, OpenStream>();

  constructor(wire: StreamWire) {
    this.#wire = wire;
  }

  open(call: Header, duplex: Duplex): void {
    this.#open.get(call.serial)?.close();
    const stream = new OpenStream(call, duplex, this.#wire);
    this.#open.set(call.serial, stream);
    void stream.pump();
  }

  /** A packet from the client. One for a stream that no longer exists is ignored, as in libvirt: it may have been on its way. */
  async receive(header: Header, bytes: Buffer): Promise<void> {
    const stream = this.#open.get(header.serial);
    if (stream === undefined) return;
    if (header.status === messageStatuses.continue) {
      await stream.write(bytes);
      return;
    }
    this.#open.delete(header.serial);
    await (header.status === messageStatuses.ok ? stream.finish() : stream.abort());
  }

  /** The client is gone. */
  close(): void {
    for (const stream of this.#open.values()) stream.close();
    this.#open.clear();
  }
}
