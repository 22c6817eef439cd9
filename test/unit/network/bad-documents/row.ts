/** One network that may not be defined. */

/** `at` is the element and its position, `network/ip 3:1`; `words` are part of the message. */
export type Row = readonly [title: string, xml: string, code: string, at: string, words: string];
