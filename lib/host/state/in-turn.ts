/** Lets the callers of this process that want the same thing go one after the other, in the order of their calls. */

/** The last caller in each queue, by its key. */
const queues = new Map<string, Promise<void>>();

/** Waits until those that have asked before are done; disposing of the result lets the next one go on. Not re-entrant. */
export async function inTurn(key: string): Promise<Disposable> {
  const before = queues.get(key);
  let end: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    end = resolve;
  });
  queues.set(key, mine);
  await before;
  return {
    [Symbol.dispose]() {
      end();
      if (queues.get(key) === mine) queues.delete(key);
    },
  };
}
