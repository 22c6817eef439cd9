/** What a refused call says, as plain data to compare. */

/** Resolves to the error that a call throws or rejects with. */
export async function errorOf(call: () => unknown): Promise<object> {
  try {
    await call();
  } catch (error) {
    if (typeof error === 'object' && error !== null) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

/** Matches every text that has `part` in it. */
export function containing(part: string): string {
  return expect.stringContaining(part) as string;
}
