/** Callers of this process that want the same thing, one after the other in the order in which they have asked. */

/** The last one that has asked, by what it wants. */
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
