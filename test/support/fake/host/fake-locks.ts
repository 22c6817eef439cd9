/** The locks of domains in memory, each with a queue. For the tests of lib/driver. */
export class FakeLocks {
  readonly #queues = new Map<string, Promise<void>>();

  isHeld(name: string): boolean {
    return this.#queues.has(name);
  }

  async take(name: string): Promise<Disposable> {
    const before = this.#queues.get(name);
    let end: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#queues.set(name, mine);
    await before;
    return {
      [Symbol.dispose]: () => {
        end();
        if (this.#queues.get(name) === mine) this.#queues.delete(name);
      },
    };
  }
}
