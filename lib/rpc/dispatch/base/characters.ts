/** Texts in the form that some procedures use. */

/** A text as the numbers of its bytes and a final NUL: the protocol's form of a C array of `char`. */
export function characters(text: string): number[] {
  // Signed, as C's is.
  return [...Array.from(Buffer.from(text, 'utf8'), (byte) => (byte << 24) >> 24), 0];
}
