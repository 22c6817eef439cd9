/**
 * The frames of one user's clients that have begun and not come in full: how many bytes are kept of them, and since when. A frame that
 * takes too long, and the oldest ones if all together are too long, are given up. Time in which a client is not read from does not
 * count.
 */
import type { TslxcError } from '../../errors';
import { beyondBound } from './bounds';
import type { BoundsOfUser } from './bounds';

/** A client, as far as it matters here. */
export interface FrameOwner {
  /** The most bytes that a frame of it may have. */
  readonly longestFrame: number;
  /** Whether it is read from: while it is not, its frame cannot come. */
  readonly isHeard: boolean;
  /** Is told why its frame is given up. */
  giveUpFrame(reason: TslxcError): void;
}

interface Unfinished {
  readonly bytes: number;
  readonly timer: NodeJS.Timeout;
}

type FrameBounds = Pick<BoundsOfUser, 'unfinishedBytes' | 'frameMilliseconds'>;

export class UnfinishedFrames {
  readonly #uid: number;
  readonly #bounds: FrameBounds;
  /** The oldest first. */
  readonly #frames = new Map<FrameOwner, Unfinished>();
  #bytes = 0;

  constructor(uid: number, bounds: FrameBounds) {
    this.#uid = uid;
    this.#bounds = bounds;
  }

  /** Bytes that are kept of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A frame has come in full, or is given up: the next one begins anew. */
  finish(owner: FrameOwner): void {
    const known = this.#frames.get(owner);
    if (known === undefined) return;
    clearTimeout(known.timer);
    this.#frames.delete(owner);
    this.#bytes -= known.bytes;
  }

  /** It is read from again: its frame has all the time from now on. */
  beginAgain(owner: FrameOwner): void {
    this.#frames.get(owner)?.timer.refresh();
  }

  /** @param bytes - those that are kept of it by now */
  note(owner: FrameOwner, bytes: number): void {
    if (this.#bounds.frameMilliseconds === Infinity) return;
    const known = this.#frames.get(owner);
    this.#bytes += bytes - (known?.bytes ?? 0);
    // A map keeps the order in which the keys were first set.
    this.#frames.set(owner, { bytes, timer: known?.timer ?? this.#timer(owner) });
    const most = this.#bounds.unfinishedBytes + owner.longestFrame;
    for (const oldest of [...this.#frames.keys()]) {
      if (this.#bytes <= most) return;
      this.#giveUp(oldest, `${most} bytes of unfinished messages`);
    }
  }

  #timer(owner: FrameOwner): NodeJS.Timeout {
    const { frameMilliseconds } = this.#bounds;
    const what = `a message that has been coming for ${frameMilliseconds / 1000} s`;
    const timer = setTimeout(() => {
      if (owner.isHeard) this.#giveUp(owner, what);
      else timer.refresh();
    }, frameMilliseconds);
    return timer.unref();
  }

  #giveUp(owner: FrameOwner, what: string): void {
    this.finish(owner);
    owner.giveUpFrame(beyondBound(this.#uid, what));
  }
}
