/**
 * A stream socket that carries messages. Receivers get the messages in order; the end of the stream
 * is `undefined`, never a message. It keeps the process alive only while it is ref'd.
 */
import { Socket } from 'node:net';
import { ProtocolError } from '../../errors';
import { encodeFrame, FrameDecoder } from './frames';
import type { Message } from './messages';

interface Waiter {
  resolve(message: Message | undefined): void;
  reject(error: unknown): void;
}

export class Channel {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #arrived: Message[] = [];
  readonly #waiters: Waiter[] = [];
  #ended = false;
  #failure: unknown;
  #refs = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.unref();
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    socket.on('error', (error) => {
      this.#end(error);
    });
    socket.on('close', () => {
      this.#end(undefined);
    });
  }

  /** Takes over a descriptor of a connected stream socket. */
  static fromDescriptor(fd: number): Channel {
    return new Channel(new Socket({ fd, readable: true, writable: true }));
  }

  /** Whether the peer has gone. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  send(message: Message): void {
    if (!this.#ended) this.#socket.write(encodeFrame(message));
  }

  /**
   * The next message; `undefined` when the peer has gone. Rejects with ProtocolError when the peer sends something
   * malformed.
   */
  async receive(): Promise<Message | undefined> {
    const first = this.#arrived.shift();
    if (first !== undefined) return first;
    if (this.#failure instanceof ProtocolError) throw this.#failure;
    if (this.#ended) return undefined;
    return await new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Puts messages back, to be received again before all others. */
  putBack(messages: readonly Message[]): void {
    this.#arrived.unshift(...messages);
  }

  /** Calls back once what was sent has been written to the socket, or the peer has gone. */
  whenWritable(done: () => void): void {
    if (this.#ended || !this.#socket.writableNeedDrain) {
      done();
      return;
    }
    const once = (): void => {
      this.#socket.off('drain', once).off('close', once);
      done();
    };
    this.#socket.on('drain', once).on('close', once);
  }

  /** Stops taking bytes from the socket, so that the peer has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Keeps the process alive while `action` is under way. */
  async held<T>(action: () => Promise<T>): Promise<T> {
    this.ref();
    try {
      return await action();
    } finally {
      this.unref();
    }
  }

  ref(): void {
    this.#refs += 1;
    if (this.#refs === 1) this.#socket.ref();
  }

  unref(): void {
    this.#refs -= 1;
    if (this.#refs === 0) this.#socket.unref();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) {
        const waiter = this.#waiters.shift();
        if (waiter) waiter.resolve(message);
        else this.#arrived.push(message);
      }
    } catch (error) {
      this.#end(error);
      this.#socket.destroy();
    }
  }

  #end(failure: unknown): void {
    this.#failure ??= failure;
    this.#ended = true;
    for (const waiter of this.#waiters.splice(0)) {
      if (failure instanceof ProtocolError) waiter.reject(failure);
      else waiter.resolve(undefined);
    }
  }
}
