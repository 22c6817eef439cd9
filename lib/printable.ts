/** Makes text from a container, a definition or a program safe to show: nothing in it can control a terminal. Pure. */

// Control characters, unpaired surrogates, line separators, and characters that change the reading direction.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text, with each byte of a character that could control a terminal as `\xNN`, as virsh shows it. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) =>
    Buffer.from(character).reduce(
      (all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`,
      '',
    ),
  );
}

/** The same for text of several lines: line ends and tabs stay as they are. */
export function printableText(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

/** JSON text with such characters escaped as `\uNNNN`, which means the same. Its own line ends stay as they are. */
export function escapedJson(json: string): string {
  return json.replace(unprintable, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
