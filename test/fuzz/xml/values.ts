/** Numbers at the limits of those that a program may have, and characters that mean something in XML or to a parser. */

/** Those that most likely are too large come first. */
export const numbers = [
  '4294967296',
  '65536',
  '256',
  '0',
  '1',
  '-1',
  '00',
  '+7',
  '64',
  '65',
  '128',
  '129',
  '255',
  '4094',
  '65535',
  '2147483648',
  '4294967295',
  '9007199254740991',
  '9007199254740992',
  '18446744073709551615',
  '99999999999999999999',
  '1e9',
  '0x10',
];

/** Those that most likely end something come first. */
export const pieces = [
  ...['"', "'", ' ', '\n', '&', '<', '>', '</', '/>', '<!--', '-->', '<![CDATA[', ']]>', '<?', ';'],
  ...['<!DOCTYPE', '&amp;', '&#0;', '&#x0;', '&#xD800;', '&#10;', '&lt;', '&quot;', '=', '\r\n'],
  ...['\t', '\0', '\u007f', '\u0085', '\u2028', '\ud800', '\udfff', '\ufffe', '😀', 'é', 'xmlns'],
  ...[" xmlns='u'", " xmlns:x='u'", 'x:', " xml:space='preserve'", 'xml:', ':', '/', '..', '-'],
];

/** Both by turns. */
export const values: readonly string[] = pieces.flatMap((piece, index) => [
  ...numbers.slice(index, index + 1),
  piece,
]);
