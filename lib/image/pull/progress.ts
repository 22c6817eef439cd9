/** Tells the caller how far a pull is. The numbers never decrease. */
import type { PullProgress } from '../types';

/** Between two looks at what has been copied, in milliseconds. */
export const lookInterval = 100;

export class Progress {
  readonly #tell: (progress: PullProgress) => void;
  #state: PullProgress = { phase: 'look', layers: 0, allLayers: 0, bytes: 0, allBytes: 0 };

  constructor(tell: ((progress: PullProgress) => void) | undefined) {
    this.#tell = tell ?? (() => undefined);
  }

  begin(): void {
    this.#tell(this.#state);
  }

  /** Tells the caller, unless nothing has changed. */
  update(change: Partial<PullProgress>): void {
    const next = { ...this.#state, ...change };
    const isSame = (Object.keys(change) as (keyof PullProgress)[]).every(
      (key) => next[key] === this.#state[key],
    );
    if (isSame) return;
    this.#state = next;
    this.#tell(next);
  }

  /** Bytes copied so far; fewer than before if skopeo has begun a layer again, which is not reported. */
  copied(bytes: number): void {
    const { allBytes } = this.#state;
    const most = allBytes > 0 ? Math.min(bytes, allBytes) : bytes;
    this.update({ bytes: Math.max(most, this.#state.bytes) });
  }

  layerDone(): void {
    this.update({ phase: 'unpack', layers: this.#state.layers + 1 });
  }
}
