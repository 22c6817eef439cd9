/**
 * The set-up and tear-down of a test, or of a file of tests: a snapshot of the host, what is made for the test, its removal in
 * reverse order, and the comparison of the host with the snapshot. `containerTest` has Jest run it.
 */

/** What is ended with the frame: disposed of, or called. */
export type Kept = AsyncDisposable | Disposable | (() => unknown);

/** Notes what the frame is to end, and hands it back. What is kept last is ended first. */
export type Keep = <Thing extends Kept>(thing: Thing) => Thing;

export type Make<Made extends object> = (keep: Keep) => Made | Promise<Made>;

/** Looks at the host; what it returns compares the host with that, and rejects with what differs. */
export type TakePicture = () => () => Promise<void>;

export class Frame<Made extends object> {
  readonly #make: Make<Made>;
  readonly #takePicture: TakePicture;
  #kept: Kept[] = [];
  #made: Made | undefined;
  #compare: (() => Promise<void>) | undefined;

  constructor(make: Make<Made>, takePicture: TakePicture) {
    this.#make = make;
    this.#takePicture = takePicture;
  }

  /** Takes the snapshot, then makes what the test needs. If that fails half-way, `end` removes what was made until then. */
  async begin(): Promise<void> {
    this.#compare = this.#takePicture();
    this.#made = await this.#make((thing) => {
      this.#kept.push(thing);
      return thing;
    });
  }

  /** Ends what was kept, then compares. Goes on after a failure, and rejects with all of them. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    const steps = this.#kept.reverse().map((thing) => () => dispose(thing));
    if (this.#compare !== undefined) steps.push(this.#compare);
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    [this.#kept, this.#made, this.#compare] = [[], undefined, undefined];
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'));
  }

  /** Looks like what `make` has made for the test that runs now. There is nothing to read between tests. */
  view(): Made {
    const get = (_target: object, key: PropertyKey): unknown => {
      const made = this.#made;
      if (made === undefined) throw new Error(`${String(key)} is read where no test runs`);
      const value: unknown = Reflect.get(made, key);
      // With the real object as its `this`, which has the private fields.
      return typeof value === 'function' ? value.bind(made) : value;
    };
    return new Proxy<Made>({} as Made, { get });
  }
}

async function dispose(thing: Kept): Promise<void> {
  if (typeof thing === 'function') await thing();
  else if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
  else thing[Symbol.dispose]();
}
