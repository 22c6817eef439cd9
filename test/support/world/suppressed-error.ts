/**
 * What is thrown when the body of a scope with `using` has failed, and a disposal at its end, too. Node.js 20 has no SuppressedError, and
 * the compiler of the tests refers to one of its own by a name that it has not defined (`_SuppressedError`): without this, Jest would
 * show a ReferenceError in the place of both. Jest prints the stack only, so that has both.
 */
class BothErrors extends Error {
  override readonly name = 'SuppressedError';

  constructor(error: unknown, suppressed: unknown) {
    const both = `${shown(suppressed)}\n\nand then, when the scope was left:\n\n${shown(error)}`;
    super(both, { cause: suppressed });
    this.stack = both;
  }
}

function shown(error: unknown): string {
  const stack = (error as Partial<Error> | undefined)?.stack;
  return stack ?? String(error);
}

Object.assign(globalThis, { _SuppressedError: BothErrors });
