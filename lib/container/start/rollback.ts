/** What a start that fails has to give back: one stack, last in, first out. */

/** Gives one thing back. `reason` is why the start failed. */
export type GiveBack = (reason: unknown) => Promise<void> | void;

export class Rollback {
  readonly #steps: GiveBack[] = [];
  readonly #report: (failure: unknown) => void;

  /** `report` is called with what could not be given back. */
  constructor(report: (failure: unknown) => void) {
    this.#report = report;
  }

  /** The height of the stack. What is added from now on lies above it. */
  get mark(): number {
    return this.#steps.length;
  }

  add(step: GiveBack): void {
    this.#steps.push(step);
  }

  /** From now on `step` alone gives back everything that lies above `mark`. */
  replace(mark: number, step: GiveBack): void {
    this.#steps.splice(mark, Infinity, step);
  }

  /**
   * Gives back everything that lies above `mark`. Never throws, and goes on when a step fails: the caller throws the
   * reason why the start failed.
   */
  async run(reason: unknown, mark = 0): Promise<void> {
    while (this.#steps.length > mark) {
      try {
        await this.#steps.pop()?.(reason);
      } catch (failure) {
        this.#report(failure);
      }
    }
  }
}
