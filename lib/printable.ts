/** Text for people, of what a container, a definition or a program says: nothing in it can steer a terminal. Pure. */

// Control characters, unpaired surrogates, line separators, and what turns the reading direction.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with each byte of a character that could steer a terminal as `\xNN`, as virsh shows them. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) =>
    Buffer.from(character).reduce(
      (all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`,
      '',
    ),
  );
}

/** The same of a text of several lines: their ends, and tabs, stay as they are. */
export function printableText(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

/** A text of JSON with such characters as `\uNNNN`, which means the same. The ends of its own lines stay as they are. */
export function escapedJson(json: string): string {
  return json.replace(unprintable, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
