/** The characters that XML 1.0 allows (its production 2, Char). No other character may be read or printed. */

const illegal = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The first character that XML doesn't allow, such as U+0000 or half a surrogate pair. */
export function findIllegalCharacter(text: string): { offset: number; shown: string } | undefined {
  const match = illegal.exec(text);
  if (match === null) return undefined;
  const code = match[0].charCodeAt(0).toString(16).toUpperCase();
  return { offset: match.index, shown: `U+${code.padStart(4, '0')}` };
}

/** The text without the characters that XML doesn't allow. */
export function withoutIllegalCharacters(text: string): string {
  return text.replace(new RegExp(illegal, 'gu'), '');
}
