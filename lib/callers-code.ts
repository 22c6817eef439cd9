/**
 * Functions of the caller that the library calls: callbacks, listeners, loggers. What one throws is no answer to anything that the
 * library does, and decides none of it: as with an event emitter of Node whose event nobody waits for, it becomes an uncaught exception.
 */

/** Has it thrown outside of what goes on. */
export function throwOutside(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

/** The function, which never throws. */
export function outside<Given extends readonly unknown[]>(
  own: (...given: Given) => unknown,
): (...given: Given) => void {
  return (...given) => {
    try {
      own(...given);
    } catch (error) {
      throwOutside(error);
    }
  };
}
