/** Texts as some procedures have them. */

/** A text as the numbers of its bytes and a NUL, which is how the protocol has arrays of C's `char`. */
export function characters(text: string): number[] {
  // Signed, as C's is.
  return [...Array.from(Buffer.from(text, 'utf8'), (byte) => (byte << 24) >> 24), 0];
}
