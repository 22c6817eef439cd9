/**
 * The reader of layers as a fuzzer knows it: what it takes is read by Go's archive/tar, and so by umoci, without an error, and as the
 * same entries; GNU tar refuses it, or finds the same. A text is an archive, a line for each entry: the character of its kind, and fields
 * of its header (`name=a`), its content (`data=x`) or pax records (`pax=path=a`), apart by blanks. `.` is a block of zeros, `!` is followed
 * by bytes. `%00` is a byte. Any text is an archive.
 */
import { isDeepStrictEqual } from 'node:util';
import { TslxcError } from '../../../lib/errors';
import { EntryCheck } from '../../../lib/image/layer/entry-check';
import { TarReader, type TarEntry } from '../../../lib/image/layer/tar-reader';
import { archiveWithoutEnd, tarFields, type ArchiveEntry } from '../../support/image/tar-archive';
import type { Depth } from './depth';
import { askTar, type GoEntry, type TarAnswer } from './tar-oracle';

const limits = { mostBytes: 1_000_000, mostEntries: 1000 };

/** @throws what breaks a promise. */
export function checkArchive(text: string): Depth {
  const archive = archiveOf(text);
  const entries = entriesOf(archive);
  if (entries === undefined) return 'refused';
  const answer = askTar(archive);
  if (answer === undefined) return 'read';
  compareGo(entries, answer);
  compareTar(entries, answer);
  return 'prepared';
}

export function archiveOf(text: string): Buffer {
  const lines = text.split('\n').filter((line) => line !== '');
  return Buffer.concat(lines.map(bytesOfLine));
}

const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));

function bytesOfLine(line: string): Buffer {
  if (line.startsWith('.')) return Buffer.alloc(512);
  if (line.startsWith('!')) return Buffer.from(unescaped(line.slice(1)), 'latin1');
  const [kind = '', ...words] = line.split(' ');
  const values = words.map((word): [key: string, value: string] => {
    const [key = ''] = word.split('=', 1);
    return [key, unescaped(word.slice(key.length + 1))];
  });
  const all = new Map(values);
  const records = values.filter(([key]) => key === 'pax').map(([, record]) => recordOf(record));
  const fields = values.filter(([key]) => (tarFields as readonly string[]).includes(key));
  const entry: ArchiveEntry = {
    name: 'a',
    content: Buffer.from(`${all.get('data') ?? ''}${records.join('')}`, 'latin1'),
    fields: { type: unescaped(kind), ...Object.fromEntries(fields) },
    ...(all.get('pad') === 'none' ? { padding: 'none' } : {}),
  };
  return archiveWithoutEnd([entry]);
}

/** With the length that it has in latin1. */
function recordOf(text: string): string {
  const rest = ` ${text}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return `${length}${rest}`;
}

/** The same however it comes; undefined when it is refused. */
function entriesOf(archive: Buffer): TarEntry[] | undefined {
  const whole = readIn(archive, Math.max(1, archive.length));
  for (const piece of [7, 511]) {
    if (!isDeepStrictEqual(readIn(archive, piece), whole)) {
      throw new Error(`other entries when ${piece} bytes come at once`);
    }
  }
  return whole;
}

function readIn(archive: Buffer, piece: number): TarEntry[] | undefined {
  const entries: TarEntry[] = [];
  const check = new EntryCheck(limits);
  const reader = new TarReader((entry) => {
    check.add(entry);
    entries.push(entry);
  });
  try {
    for (let at = 0; at < archive.length; at += piece)
      reader.write(archive.subarray(at, at + piece));
    reader.end();
    return entries;
  } catch (error) {
    const isRefused = error instanceof RangeError || TslxcError.is(error);
    if (isRefused) return undefined;
    throw error;
  }
}

const isLink = (type: string): boolean => type === '1' || type === '2';
const isDevice = (type: string): boolean => type === '3' || type === '4';

/** What both say of an entry. */
function comparable(entry: TarEntry): unknown {
  const { name, linkName, type, size, mode, uid, gid, device } = entry;
  return {
    name,
    linkName: isLink(type) ? linkName : '',
    type,
    size: type === '0' ? size : 0,
    mode: type === '1' ? 0 : mode % 0o10000,
    uid,
    gid,
    device: isDevice(type) ? device : [0, 0],
  };
}

/** What umoci makes of a device: it gives the mode with the bits of the type added. */
const kindsOfNodes: Readonly<Record<string, number>> = {
  '3': 0o020000,
  '4': 0o060000,
  '6': 0o010000,
};

function ofGo({ Name, LinkName, Type, Size, Mode, Uid, Gid, Major, Minor }: GoEntry): TarEntry {
  const bytes = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
  const kind = kindsOfNodes[Type];
  if (kind !== undefined && ((kind | Mode) & 0o170000) !== kind) {
    throw new Error('umoci makes another kind of node');
  }
  return {
    name: bytes(Name),
    linkName: bytes(LinkName),
    type: Type === '\0' ? '0' : Type,
    size: Size,
    mode: Mode,
    uid: Uid,
    gid: Gid,
    device: [Major, Minor],
    isSparse: false,
  };
}

function compareGo(entries: readonly TarEntry[], { GoError, Entries }: TarAnswer): void {
  if (GoError !== '') throw new Error(`Go refuses it: ${GoError}`);
  const [mine, other] = [entries.map(comparable), Entries.map(ofGo).map(comparable)];
  if (isDeepStrictEqual(mine, other)) return;
  throw new Error(`Go finds other entries: ${JSON.stringify(other)}, not ${JSON.stringify(mine)}`);
}

function compareTar(entries: readonly TarEntry[], { TarCode, Lines }: TarAnswer): void {
  if (TarCode !== 0) return;
  const text = Buffer.from(Lines, 'base64').toString('latin1');
  const found = text.split('\n').slice(0, -1).map(withoutTime);
  const expected = entries.map(lineOf);
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`GNU tar finds ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

/** Without the width of its columns, and the time, which no check needs. Names are in quotes. */
function withoutTime(line: string): string {
  return line.replace(/^(\S+) (\d+\/\d+) +(\S+) [^"]*/, '$1 $2 $3 ');
}

/** As GNU tar lists it. */
function lineOf({ name, linkName, type, size, mode, uid, gid, device }: TarEntry): string {
  const measure = isDevice(type) ? device.join(',') : type === '0' ? size : 0;
  const kind = '-hlcbdp'[Number(type)] ?? '?';
  const link = isLink(type) ? `${type === '1' ? ' link to ' : ' -> '}${quoted(linkName)}` : '';
  return `${kind}${permissions(mode)} ${uid}/${gid} ${measure} ${quoted(name)}${link}`;
}

function permissions(mode: number): string {
  const special = ['s', 's', 't'].map((letter, at) => (mode & (0o4000 >> at) ? letter : ''));
  return [6, 3, 0]
    .map((shift, at) => {
      const bits = mode >> shift;
      const letter = special[at] ?? '';
      const execute = bits & 1 ? letter || 'x' : letter.toUpperCase() || '-';
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${execute}`;
    })
    .join('');
}

const letters: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
  '"': '"',
};

/** Its quoting style `c`. */
function quoted(name: string): string {
  // eslint-disable-next-line no-control-regex
  const escaped = name.replace(/[\0-\x1f\x7f-\xff\\"]/g, (one) => {
    const digits = one.charCodeAt(0).toString(8).padStart(3, '0');
    return `\\${letters[one] ?? digits}`;
  });
  return `"${escaped}"`;
}
