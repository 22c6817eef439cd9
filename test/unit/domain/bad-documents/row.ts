/** One document that may not be defined. */

/** `at` is the element and its position, `domain/os 4:3`; `words` are part of the message. */
export type Row = readonly [title: string, xml: string, code: string, at: string, words: string];

/** One line; `elements` begin in column 52, after a name and a memory. */
export const line = (elements: string): string =>
  `<domain type='lxc'><name>n</name><memory>1</memory>${elements}</domain>`;
