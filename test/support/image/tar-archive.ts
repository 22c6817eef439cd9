/** Tar archives, byte by byte: also such as no program would write. */

export interface ArchiveEntry {
  readonly name: string;
  /** As in tar(5): `0` is a file, the default; `5` a directory, `1` a hard and `2` a symbolic link, `3` a character device. */
  readonly type?: string;
  readonly content?: Buffer | string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly linkName?: string;
  readonly device?: readonly [major: number, minor: number];
  /** Extended attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The size that the header tells, where it is not that of the content. */
  readonly toldSize?: number;
  /** Bytes of fields of the header, as characters of latin1, in place of what the rest says. */
  readonly fields?: Readonly<Partial<Record<TarField, string>>>;
  /** Whether its content is filled up to whole blocks, as it should be. */
  readonly padding?: 'none';
}

const block = 512;

/** Where the fields of a header begin, and how long they are. */
const places = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
  accessed: [345, 12],
  changed: [357, 12],
  trailer: [508, 4],
} as const;

export type TarField = keyof typeof places;
export const tarFields = Object.keys(places) as TarField[];

export const directory = (name: string, mode = 0o755): ArchiveEntry => ({ name, type: '5', mode });
export const file = (name: string, content: Buffer | string, mode = 0o644): ArchiveEntry => ({
  name,
  content,
  mode,
});
export const symlink = (name: string, linkName: string): ArchiveEntry => ({
  name,
  type: '2',
  linkName,
});
export const hardLink = (name: string, linkName: string): ArchiveEntry => ({
  name,
  type: '1',
  linkName,
});
/** What takes a file of a layer below away. */
export const whiteout = (name: string): ArchiveEntry => {
  const at = name.lastIndexOf('/') + 1;
  return file(`${name.slice(0, at)}.wh.${name.slice(at)}`, '');
};
/** What hides all that layers below have in a directory. */
export const opaque = (name: string): ArchiveEntry => file(`${name}/.wh..wh..opq`, '');

/** What says more about the entry behind it. */
export const pax = (
  ...records: readonly (readonly [key: string, value: string])[]
): ArchiveEntry => ({
  name: 'pax',
  type: 'x',
  content: records.map(([key, value]) => paxRecord(key, value)).join(''),
});
const gnuMagic = 'ustar  \0';
/** The same in GNU's way, for a name or the target of a link. */
export const longName = (name: string, type: 'L' | 'K' = 'L'): ArchiveEntry => ({
  name: '././@LongLink',
  type,
  content: `${name}\0`,
  fields: { magic: gnuMagic },
});

export function archive(entries: readonly ArchiveEntry[]): Buffer {
  return Buffer.concat([archiveWithoutEnd(entries), Buffer.alloc(2 * block)]);
}

/** Without the two blocks of zeros. */
export function archiveWithoutEnd(entries: readonly ArchiveEntry[]): Buffer {
  return Buffer.concat(entries.flatMap(entryBlocks));
}

function entryBlocks(entry: ArchiveEntry): Buffer[] {
  const records = Object.entries(entry.attributes ?? {}).map(([name, value]) =>
    paxRecord(`SCHILY.xattr.${name}`, value),
  );
  if (Buffer.byteLength(entry.name) > 100) records.push(paxRecord('path', entry.name));
  const content = Buffer.from(entry.content ?? '');
  const extended = Buffer.from(records.join(''));
  return [
    ...(records.length === 0
      ? []
      : [header({ name: 'pax', type: 'x' }, extended.length), ...padded(extended)]),
    header(entry, entry.toldSize ?? content.length),
    ...(entry.padding === 'none' ? [content] : padded(content)),
  ];
}

/** The length at its beginning is that of all of it. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
  return `${length}${rest}`;
}

function header(entry: ArchiveEntry, size: number): Buffer {
  const { name, type = '0', uid = 0, gid = 0, linkName = '', device = [0, 0] } = entry;
  const { mode = type === '5' ? 0o755 : 0o644 } = entry;
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number): void => {
    bytes.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  bytes.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(type, 156);
  bytes.write(linkName, 157, 100);
  bytes.write('ustar\0' + '00', 257, 'latin1');
  octal(device[0], 329, 8);
  octal(device[1], 337, 8);
  const { checksum, ...others } = entry.fields ?? {};
  for (const [field, value] of Object.entries(others)) put(bytes, field as TarField, value);
  put(bytes, 'checksum', ' '.repeat(8));
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(bytes, 'checksum', checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `);
  return bytes;
}

/** What is left of the field is zeros. */
function put(bytes: Buffer, field: TarField, value: string): void {
  const [at, length] = places[field];
  bytes.fill(0, at, at + length);
  bytes.write(value, at, length, 'latin1');
}

function padded(content: Buffer): Buffer[] {
  const rest = content.length % block;
  return rest === 0 ? [content] : [content, Buffer.alloc(block - rest)];
}
