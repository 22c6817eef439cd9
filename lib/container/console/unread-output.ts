/**
 * What a monitor has sent to a console and nobody has read yet. It is taken from the socket while nobody reads, up to a bound: otherwise the end
 * of the container would not be noticed, and the socket of a console that nobody reads would be kept for as long as this process runs.
 */
import type { Channel } from '../monitor/channel';
import type { Message } from '../monitor/messages';

/** Bytes that are taken in advance: a replay, and as much that comes later. What comes then waits in the kernel and at the monitor. */
const mostUnread = 512 * 1024;
/** Bytes that a message takes besides its output: of a container that writes byte by byte, this is most of what is kept. */
const perMessage = 256;
/** Milliseconds between two looks whether a container has ended whose output waits. */
const pause = 1000;

export class UnreadOutput {
  readonly #channel: Channel;
  readonly #hasEnded: () => boolean;
  readonly #messages: Message[] = [];
  /** Of all messages, with what each takes besides. */
  #bytes = 0;
  #isOver = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #looking: NodeJS.Timeout | undefined;

  /** `hasEnded`: whether the container has, as far as that is known; asked now and then while its output waits. */
  constructor(channel: Channel, hasEnded: () => boolean) {
    this.#channel = channel;
    this.#hasEnded = hasEnded;
    void this.#take();
  }

  /** The next message; undefined after the last one. Rejects with what the channel rejects with, after what came before. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) {
        this.#bytes -= sizeOf(message);
        if (this.#bytes < mostUnread) this.#goOn();
        return message;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #take(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#channel.receive();
        if (message === undefined || message.message === 'exited') break;
        this.#messages.push(message);
        this.#bytes += sizeOf(message);
        if (this.#bytes >= mostUnread) this.#wait();
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = error as Error;
    }
    this.#isOver = true;
    clearInterval(this.#looking);
    // Nothing more comes: the descriptor is given back, whether somebody reads or not.
    this.#channel.close();
    this.#wake?.();
  }

  /** Takes no more until somebody reads, or the container has ended: what is left then is only what the kernel holds. */
  #wait(): void {
    if (this.#looking !== undefined || this.#isOver) return;
    this.#channel.pause();
    this.#looking = setInterval(() => {
      if (!this.#hasEnded()) return;
      clearInterval(this.#looking);
      this.#channel.resume();
    }, pause).unref();
  }

  #goOn(): void {
    if (this.#looking === undefined) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#channel.resume();
  }
}

function sizeOf(message: Message): number {
  return perMessage + (message.message === 'output' ? message.bytes.length : 0);
}
