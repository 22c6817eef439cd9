/** What is sent to one client: messages one after the other, each with its descriptors right behind it. */
import type { Socket } from 'node:net';

/** The most bytes in a message that is sent past Node.js's stream if nothing else is waiting to be sent. */
const shortMessage = 65_536;

export interface OutgoingOptions {
  readonly socket: Socket;
  /** Sends over a socket that has nothing else to send: how many of the bytes the kernel has taken at once. */
  readonly sendAtOnce: (socket: Socket, bytes: Uint8Array) => number;
  /** Sends descriptors over a socket that has nothing else to send: after their message, as libvirt does. */
  readonly sendDescriptors: (socket: Socket, descriptors: readonly number[]) => Promise<void>;
}

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #socket: Socket;
  /** Pending while a message and its descriptors are being sent: whatever is sent meanwhile comes after them. */
  #gate: Promise<void> | undefined;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#socket = options.socket;
  }

  /** Whether the kernel has taken everything. */
  get isEmpty(): boolean {
    return this.#gate === undefined && this.#socket.writableLength === 0;
  }

  /** Sends a message, and its descriptors right behind it. */
  sendWith(message: Buffer, descriptors: readonly number[]): Promise<void> {
    const before = this.#gate ?? Promise.resolve();
    const gate = before
      .then(() => this.#write([message]))
      .then(() => this.#options.sendDescriptors(this.#socket, descriptors));
    this.#gate = gate;
    // The first handler of `gate`: it is cleared before those that wait for it continue, so that none of them is overtaken.
    void gate.then(() => {
      if (this.#gate === gate) this.#gate = undefined;
    });
    return gate;
  }

  /** Resolves when the kernel has taken it, or the client is gone. */
  send(parts: readonly Buffer[]): Promise<void> {
    return this.#gate === undefined
      ? this.#write(parts)
      : this.#gate.then(() => this.#write(parts));
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    if (!this.#socket.writable) return;
    const rest = this.#unsent(parts);
    if (rest.length === 0) return;
    this.#socket.cork();
    const written = rest.map(
      (part) => new Promise<void>((resolve) => this.#socket.write(part, () => resolve())),
    );
    this.#socket.uncork();
    await Promise.all(written);
  }

  /** The parts that the kernel does not take at once. It takes most answers, which costs less than to have Node.js's stream track them. */
  #unsent(parts: readonly Buffer[]): readonly Buffer[] {
    const [only = nothing, ...others] = parts;
    const isShort = others.length === 0 && only.length <= shortMessage;
    if (!isShort || this.#socket.writableLength > 0) return parts;
    const sent = this.#options.sendAtOnce(this.#socket, only);
    return sent === only.length ? others : [only.subarray(sent)];
  }
}

const nothing = Buffer.alloc(0);
