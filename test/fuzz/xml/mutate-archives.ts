/** Changes of what archives.ts reads: of the order and the kinds of entries, of fields and records, and of single bytes. */
import { tarFields } from '../../support/image/tar-archive';
import type { ByteMaterial } from './mutate-bytes';
import type { Random } from './random';

type Change = (text: string, material: ByteMaterial) => string;

/** The words of a text, and the empty one. */
const wordsOf = (text: string): string[] => ['', ...text.trim().split(/\s+/)];

const names = [
  ...wordsOf(`a b a/ a/b ./ . .. ../a /a a//b a/./b %c3%a9 %ff %20a a%00b a%0ab a%5cb
    .wh.a .wh. .wh.. .wh... .wh..wh..opq`),
  ...[100, 155].map((length) => 'x'.repeat(length)),
  ...['x'.repeat(99).concat('/'), 'x/'.repeat(50)],
];
/** In octal, in binary, with and without their ends, and broken. */
const numbers =
  wordsOf(`0000000%00 0000001%00 %20%20%20%20%201%20 1%00 1%20 %201 7777777 %00 %20 0000012345%00%00
  %001 1%0000001 1%2000001 +1 -1 9 0x1 1%09 %091 %80%00%00%00%00%00%00%01 %80%00%00%00%00%00%00%00%00%00%00%01
  %80%00%00%00%00%00%00%00%00%00%02%00 %ff%ff%ff%ff%ff%ff%ff%fe %ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff%fe %c0
  %80%00%00%00%ff%ff%ff%ff 00000000001%00 00000001000%00 77777777777%00 777777777777 00000001000 zzz
  0100644%00 0040755%00 0020666%00 0060666%00 0004755%00 0007777%00 1000000%00`);
const magics = wordsOf(
  `ustar%0000 ustar%20%20%00 ustar%20 ustar GNUtar%20 ustar%00%20%00 ustar%20%2000`,
);
const kinds = wordsOf(`0 1 2 3 4 5 6 7 x g L K S D M N V X A %00 %20 %ff`);
const contents = [...wordsOf(`b b%00 b%00c ../b%00 /b %00 b/ .wh.b%00`), 'x'.repeat(512)];
/** That an unpacker heeds: half of the records have one. */
const heeded = wordsOf(`path path path linkpath size uid gid mtime`);
const keys =
  wordsOf(`atime ctime uname gname comment hdrcharset GNU.sparse.major GNU.sparse.minor GNU.sparse.name
  GNU.sparse.realsize GNU.sparse.map GNU.dumpdir GNU.volume.label SCHILY.xattr.user.a SCHILY.realsize SCHILY.dev
  SUN.devmajor RHT.security.selinux SCHILY.acl.access LIBARCHIVE.creationtime %20path path%20 PATH`);
const paxValues =
  wordsOf(`b b/ ../b /b b%00 b%0a 0 1 01 512 513 +1 -1 1.5 1. .5 1e3 0x1 4294967295 4294967296
  18446744073709551616 %201 1%20 BINARY b=c`);
const longNames = ['L', 'K'].map((kind) => `${kind} data=b%00 magic=ustar%20%20%00`);
const templates = [
  ...longNames,
  'x pax=path=b',
  'x',
  'g pax=comment=x',
  '0 data=xyz',
  '5 name=d/',
  '1 name=h linkName=a',
  '2 name=l linkName=a',
  '3 name=c major=0000001%00',
  '%00 name=o',
  '.',
  '!%00',
];

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function someLine(lines: readonly string[], random: Random): number {
  return random.below(Math.max(1, lines.length));
}

function someRecord(random: Random): string {
  const key = random.pick(random.below(2) === 0 ? heeded : keys);
  return `pax=${key}=${random.below(4) === 0 ? '' : random.pick(paxValues)}`;
}

const valuesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ...['name', 'linkName', 'prefix'].map((field) => [field, names] as const),
  ['magic', magics],
  ['data', contents],
  ['type', kinds],
]);

/** A word of a line: what a field says, its content, a record, or its padding. */
function someWord(random: Random): string {
  const field = random.pick([...tarFields, 'data', 'data', 'pax', 'pax', 'pax', 'pad']);
  if (field === 'pax') return someRecord(random);
  if (field === 'pad') return 'pad=none';
  return `${field}=${random.pick(valuesOf.get(field) ?? numbers)}`;
}

const ofLines: readonly Change[] = [
  function removeLine(text, { random }) {
    const lines = linesOf(text);
    lines.splice(someLine(lines, random), 1);
    return lines.join('\n');
  },
  function repeatLine(text, { random }) {
    const lines = linesOf(text);
    const line = lines[someLine(lines, random)] ?? '.';
    lines.splice(someLine(lines, random), 0, line);
    return lines.join('\n');
  },
  function takeLine(text, { other, random }) {
    const [lines, theirs] = [linesOf(text), linesOf(other)];
    lines.splice(someLine(lines, random), 0, theirs[someLine(theirs, random)] ?? '.');
    return lines.join('\n');
  },
  function addKnown(text, { random }) {
    const lines = linesOf(text);
    lines.splice(someLine(lines, random), 0, random.pick(templates));
    return lines.join('\n');
  },
];

const ofHeaders: readonly Change[] = [
  // One or two headers that say more of the entry behind them.
  function addHeaders(text, { random }) {
    const lines = linesOf(text);
    const headers = Array.from({ length: 1 + random.below(2) }, () =>
      random.below(2) === 0 ? `x ${someRecord(random)}` : random.pick(longNames),
    );
    lines.splice(someLine(lines, random), 0, ...headers);
    return lines.join('\n');
  },
];

const ofWords: readonly Change[] = [
  function addWord(text, { random }) {
    return changeLine(text, random, (words) => [...words, someWord(random)]);
  },
  function setWord(text, { random }) {
    return changeLine(text, random, (words) => {
      const word = someWord(random);
      const [key = ''] = word.split('=', 1);
      return [...words.filter((one, at) => at === 0 || !one.startsWith(`${key}=`)), word];
    });
  },
  function removeWord(text, { random }) {
    return changeLine(text, random, (words) => {
      const at = 1 + random.below(Math.max(1, words.length - 1));
      return words.filter((_, index) => index !== at);
    });
  },
  function setKind(text, { random }) {
    return changeLine(text, random, ([, ...words]) => [random.pick(kinds), ...words]);
  },
];

function changeLine(
  text: string,
  random: Random,
  change: (words: readonly string[]) => readonly string[],
): string {
  const lines = linesOf(text);
  const at = someLine(lines, random);
  lines[at] = change((lines[at] ?? '0').split(' ')).join(' ');
  return lines.join('\n');
}

const bytes = [
  '%00',
  '%20',
  '%0a',
  '%09',
  '%2f',
  '%3d',
  '%80',
  '%ff',
  '/',
  '.',
  '0',
  '1',
  '7',
  '8',
  '=',
];

const ofBytes: readonly Change[] = [
  function addByte(text, { random }) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(bytes) + text.slice(at);
  },
  function setByte(text, { random }) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(bytes) + text.slice(at + 1);
  },
  function removeByte(text, { random }) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + text.slice(at + 1);
  },
];

const changes = [ofLines, ofHeaders, ofWords, ofWords, ofWords, ofBytes];

/** `text` after one to four changes, more often one than many. */
export function mutateArchive(text: string, material: ByteMaterial): string {
  const { random } = material;
  let changed = text;
  for (let left = 1 + Math.min(random.below(4), random.below(4)); left > 0; left -= 1) {
    changed = random.pick(random.pick(changes))(changed, material);
  }
  return changed;
}
