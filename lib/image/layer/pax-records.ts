/**
 * The records of a pax header (pax(1)), and what they say of the entry behind it. What programs read in different ways is refused:
 * see tar-header.ts. Texts are bytes, as characters of latin1. Pure.
 */
import { present } from '../../present';

/** What the records replace in the header of the entry. */
export interface PaxRecords {
  readonly name?: string;
  readonly linkName?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Whether the file has holes, in one of the forms of GNU tar and star. */
  readonly isSparse: boolean;
}

/** Far more than a file may have attributes. All records of a header are kept at once. */
const mostRecords = 1000;

const text = /^[^\0]+$/s;
const number = /^\d{1,15}$/;
const time = /^-?\d{1,15}(\.\d*)?$/;

/** What the values of the keys that an unpacker heeds have to be. */
const values = new Map([
  ...['path', 'linkpath'].map((key) => [key, text] as const),
  ...['size', 'uid', 'gid'].map((key) => [key, number] as const),
  ...['mtime', 'atime', 'ctime'].map((key) => [key, time] as const),
  ...['uname', 'gname'].map((key) => [key, /^[^\0]*$/s] as const),
]);

/** @throws RangeError. */
export function parsePaxRecords(data: Buffer): PaxRecords {
  const records = recordsIn(data);
  const numberOf = (key: string): number | undefined => {
    const value = records.get(key);
    return value === undefined ? undefined : Number(value);
  };
  return present({
    name: records.get('path'),
    linkName: records.get('linkpath'),
    size: numberOf('size'),
    uid: numberOf('uid'),
    gid: numberOf('gid'),
    isSparse: [...records.keys()].some((key) => /^(GNU\.sparse|SCHILY\.realsize)/.test(key)),
  });
}

/** Records of the form `LENGTH KEY=VALUE\n`. */
function recordsIn(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const { end, key, value } = recordAt(data, at);
    checkRecord(key, value);
    // GNU's old form of holes has keys that come again, too. It is refused in either case.
    if (records.has(key)) throw new RangeError(`the pax record ${JSON.stringify(key)} comes twice`);
    records.set(key, value);
    if (records.size > mostRecords) throw new RangeError(`more than ${mostRecords} pax records`);
    at = end;
  }
  return records;
}

function recordAt(data: Buffer, at: number): { end: number; key: string; value: string } {
  const space = data.indexOf(0x20, at);
  const digits = space < 0 ? '' : data.toString('latin1', at, Math.min(space, at + 10));
  const end = at + (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);
  const equals = data.indexOf(0x3d, space);
  const isRecord = end > space && end <= data.length && data[end - 1] === 0x0a;
  if (!isRecord || equals < 0 || equals >= end) throw new RangeError('a pax record is damaged');
  const key = data.toString('latin1', space + 1, equals);
  return { end, key, value: data.toString('latin1', equals + 1, end - 1) };
}

function checkRecord(key: string, value: string): void {
  const named = JSON.stringify(key.slice(0, 200));
  // GNU tar skips blanks before a key.
  if (!/^[^\0 \t][^\0]*$/s.test(key)) throw new RangeError(`a pax record has the key ${named}`);
  const isOther = key.startsWith('GNU.') && !key.startsWith('GNU.sparse');
  if (isOther) throw new RangeError(`a pax record of GNU tar, ${named}, is for no layer`);
  if (values.get(key)?.test(value) === false) {
    throw new RangeError(`the pax record ${named} has a value that is ambiguous`);
  }
}
