/** How many of one thing a user has, and may have. */
import type { TslxcError } from '../../errors';
import { beyondBound } from './bounds';

/** Of whom and of what a quota is. */
export interface QuotaOptions {
  readonly uid: number;
  readonly most: number;
  /** What is counted, in the plural. */
  readonly things: string;
}

export class Quota {
  readonly #options: QuotaOptions;
  #taken = 0;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Why one more is refused; undefined if it isn't. */
  get refusal(): TslxcError | undefined {
    const { uid, most, things } = this.#options;
    return this.#taken < most ? undefined : beyondBound(uid, `${most} ${things}`);
  }

  /** @throws TslxcError RESOURCE_BUSY when there are as many as may be. */
  take(): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.#taken += 1;
  }

  giveBack(count = 1): void {
    this.#taken -= count;
  }
}
