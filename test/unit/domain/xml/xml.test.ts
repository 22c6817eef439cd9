/** XML text to a tree: positions, blanks, namespaces, and limits that cost nothing to reach. */
import type { XmlElement } from '../../../../lib/domain/xml/element';
import { parseXml } from '../../../../lib/domain/xml/xml';
import { TslxcError } from '../../../../lib/errors';

function elementsOf(element: XmlElement): XmlElement[] {
  const children = element.children.filter((child) => typeof child !== 'string');
  return [element, ...children.flatMap(elementsOf)];
}

function positionsOf(text: string): string[] {
  return elementsOf(parseXml(text)).map(
    ({ name, position }) => `${name} ${position.line}:${position.column}`,
  );
}

function detailOf(text: string): string {
  try {
    parseXml(text);
  } catch (error) {
    if (TslxcError.is(error, 'XML_DETAIL')) {
      return `${error.element} ${error.line}:${error.column} ${error.message}`;
    }
    throw error;
  }
  throw new Error('the text was accepted');
}

function messageOf(text: string): string {
  return detailOf(text).replace(/^\S+ \S+ /, '');
}

function processorTime<T>(work: () => T): { readonly result: T; readonly seconds: number } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, seconds: (user + system) / 1e6 };
}

/** The most elements that a document may have. */
const largest = `<a>${'<b/>'.repeat(99_999)}</a>`;

/** The seconds of processor time that reading it takes on this machine; measured once. */
let usual: number | undefined;

/**
 * Runs `work`, which may take no more than twenty times of what reading the largest document takes: time that grows with the
 * square of a document's size is hundreds of times as much.
 */
function quickly<T>(work: () => T): T {
  usual ??= processorTime(() => parseXml(largest)).seconds;
  const { result, seconds } = processorTime(work);
  expect(seconds).toBeLessThan(20 * usual);
  return result;
}

test('a position is the < of the start tag, counted from 1 in lines and characters', () => {
  expect(positionsOf('<a>\n  <b\n   x="1"\n>é𝄞<c/></b>\r\n\t<d/>\r<e/></a>')).toEqual([
    'a 1:1',
    'b 2:3',
    'c 4:4',
    'd 5:2',
    'e 6:1',
  ]);
});

test('a byte order mark and an XML declaration move no position', () => {
  expect(positionsOf('\ufeff<?xml version="1.0" encoding="utf-8"?><a><b/></a>')).toEqual([
    'a 1:39',
    'b 1:42',
  ]);
});

test('a < in a comment, a CDATA section or an attribute moves no position', () => {
  expect(positionsOf('<a><!-- <x> --><![CDATA[<y>]]><b t="&lt;z>"/></a>')).toEqual([
    'a 1:1',
    'b 1:31',
  ]);
});

test('blanks between elements are dropped; blanks beside text or alone are kept', () => {
  const root = parseXml('<a>\n <b> </b>\n <c>x <d/> </c>\n</a>');
  expect(root.children).toEqual([
    expect.objectContaining({ name: 'b', children: [' '] }),
    expect.objectContaining({
      name: 'c',
      children: ['x ', expect.objectContaining({ name: 'd' }), ' '],
    }),
  ]);
});

test('xml:space keeps blanks until an inner element says otherwise', () => {
  const root = parseXml(
    "<a xml:space='preserve'> <b> <c/> </b><d xml:space='default'> <e/> </d></a>",
  );
  const [blank, b, d] = root.children;
  expect(blank).toBe(' ');
  expect(b).toEqual(expect.objectContaining({ children: [' ', expect.anything(), ' '] }));
  expect(d).toEqual(
    expect.objectContaining({ children: [expect.objectContaining({ name: 'e' })] }),
  );
});

test('text that comments and CDATA sections split is one text', () => {
  expect(parseXml('<a>1<!-- - -->2<![CDATA[<3>]]>&amp;4</a>').children).toEqual(['12<3>&4']);
});

test('line ends in text are newlines, in attributes spaces, and references stay as they are', () => {
  const root = parseXml('<a x="1\r\n2&#10;3&#13;">1\r\n2\r3&#13;</a>');
  expect(root.attributes).toEqual([{ name: 'x', value: '1 2\n3\r' }]);
  expect(root.children).toEqual(['1\n2\n3\r']);
});

test('elements know their namespace, by prefix or by default', () => {
  const root = parseXml("<a xmlns:p='urn:p'><p:b/><c xmlns='urn:d'><e/></c></a>");
  expect(elementsOf(root).map(({ name, namespace }) => [name, namespace])).toEqual([
    ['a', ''],
    ['p:b', 'urn:p'],
    ['c', 'urn:d'],
    ['e', 'urn:d'],
  ]);
});

test('names of Object.prototype are names like others', () => {
  const root = parseXml("<__proto__ __proto__='1' constructor='2'><toString/></__proto__>");
  expect(root.attributes).toEqual([
    { name: '__proto__', value: '1' },
    { name: 'constructor', value: '2' },
  ]);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
});

test('64 levels are read, the 65th is refused at its own position', () => {
  const nested = (depth: number) => '<a>\n'.repeat(depth) + '</a>'.repeat(depth);
  expect(elementsOf(parseXml(nested(64)))).toHaveLength(64);
  const path = Array.from({ length: 65 }, () => 'a').join('/');
  expect(detailOf(nested(65))).toContain(
    `${path} 65:1 at line 65: elements are nested deeper than 64`,
  );
});

test('a million levels are refused at once', () => {
  const text = '<a>'.repeat(1_000_000);
  expect(quickly(() => detailOf(text))).toContain('nested deeper than 64');
});

test('64 attributes are read, more are refused at once', () => {
  const withAttributes = (count: number) =>
    `<a>\n<b ${Array.from({ length: count }, (_, i) => `x${i}='1'`).join(' ')}/></a>`;
  expect(elementsOf(parseXml(withAttributes(64)))[1]?.attributes).toHaveLength(64);
  expect(detailOf(withAttributes(65))).toContain(
    'a/b 2:1 at line 2: element has more than 64 attributes',
  );
  const many = withAttributes(200_000);
  expect(quickly(() => detailOf(many))).toContain('more than 64 attributes');
});

test('100,000 elements are read, more are refused at once', () => {
  const withElements = (count: number) => `<a>${'<b/>'.repeat(count - 1)}</a>`;
  expect(parseXml(withElements(100_000)).children).toHaveLength(99_999);
  const many = withElements(2_000_000);
  expect(quickly(() => detailOf(many))).toContain('document has more than 100000 elements');
});

test('10 MiB are read, a byte more is refused at once', () => {
  const size = 10 * 1024 * 1024;
  const text = `<a>${'x'.repeat(size - '<a></a>'.length)}</a>`;
  expect(quickly(() => parseXml(text)).children).toHaveLength(1);
  expect(quickly(() => detailOf(`${text} `))).toContain(
    '/ 1:1 at line 1: document is larger than 10 MiB',
  );
});

test('the limit counts bytes of UTF-8, not characters', () => {
  const text = `<a>${'€'.repeat(4 * 1024 * 1024)}</a>`;
  expect(quickly(() => detailOf(text))).toContain('larger than 10 MiB');
});

test('entities that multiply are refused before they are read', () => {
  const levels = Array.from(
    { length: 20 },
    (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};&e${i};">`,
  );
  const bomb = `<!DOCTYPE a [<!ENTITY e0 "x">${levels.join('')}]><a>&e20;</a>`;
  expect(quickly(() => detailOf(bomb))).toContain('/ 1:1 at line 1: DOCTYPE is not allowed');
});

test.each(['&', '<', '<!--', '<![CDATA[', '<?', '<a b="', '&amp;', '&#', ' '])(
  'a megabyte of %s is refused or read at once',
  (piece) => {
    const text = `<a>${piece.repeat(1_000_000 / piece.length)}`;
    expect(quickly(() => detailOf(text))).toContain('at line 1: ');
  },
);

test('a bare ampersand is found where it stands, not where the parser gave up', () => {
  expect(detailOf('<a>\n<b>&amp; x & y</b>\n</a>')).toContain(
    'a/b 2:12 at line 2: disallowed character in entity',
  );
  expect(detailOf('<a>\n<b c="x & y; z"/></a>')).toContain(
    '2:9 at line 2: disallowed character in entity',
  );
  expect(detailOf('<a><!-- & ')).toContain('Premature end of data in tag a line 1');
});

test.each([
  ['', 'at line 1: Document is empty'],
  ['   \n', "at line 2: Start tag expected, '<' not found\n   \n---^"],
  [
    '<a>\n  <b>x</b>\n',
    'at line 3: Premature end of data in tag a line 1\n  <b>x</b>\n----------^',
  ],
  [
    '<a>\n\t<b>x</c>\n</a>',
    'at line 2: Opening and ending tag mismatch: b line 2 and c\n\t<b>x</c>\n\t--------^',
  ],
  ["<a x='1' x='2'/>", "at line 1: Attribute x redefined\n<a x='1' x='2'/>\n----------------^"],
  ['<a/><b/>', 'at line 1: Extra content at the end of the document\n<a/><b/>\n-------^'],
  ['<a>\u{1f600}é & </a>', 'entity name\n<a>\u{1f600}é & </a>\n-------^'],
])('%j is shown in the form of libvirt, with a caret after what was read', (text, shown) => {
  expect(messageOf(text)).toContain(shown);
});

test('of a long line what is around the caret is shown, and no control character', () => {
  const shown = messageOf(`<a>${'x'.repeat(1e6)}\u0001${'y'.repeat(1e6)}</a>`);
  const [, line = '', caret = ''] = shown.split('\n');
  expect(line).toMatch(/^…x{119}\\x01y{60}…$/);
  expect(caret).toBe(`${'-'.repeat(124)}^`);
});

test('what encoding a text declares, and what its instructions say, makes no difference', () => {
  const text = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<?x y?><a>ä<?php <? ?>b</a><?z?>";
  expect(parseXml(text)).toMatchObject({ children: ['äb'], position: { line: 2, column: 8 } });
});
