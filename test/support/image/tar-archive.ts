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
}

const block = 512;

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

export function archive(entries: readonly ArchiveEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(2 * block)]);
}

function entryBlocks(entry: ArchiveEntry): Buffer[] {
  const records = Object.entries(entry.attributes ?? {}).map(([name, value]) =>
    paxRecord(`SCHILY.xattr.${name}`, value),
  );
  if (Buffer.byteLength(entry.name) > 100) records.push(paxRecord('path', entry.name));
  const content = Buffer.from(entry.content ?? '');
  const pax = Buffer.from(records.join(''));
  return [
    ...(records.length === 0
      ? []
      : [header({ name: 'pax', type: 'x' }, pax.length), ...padded(pax)]),
    header(entry, entry.toldSize ?? content.length),
    ...padded(content),
  ];
}

/** The length at its beginning is that of all of it. */
function paxRecord(key: string, value: string): string {
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
  bytes.write(name.slice(0, 100), 0);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write(type, 156);
  bytes.write(linkName, 157);
  bytes.write('ustar\0' + '00', 257, 'latin1');
  octal(device[0], 329, 8);
  octal(device[1], 337, 8);
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function padded(content: Buffer): Buffer[] {
  const rest = content.length % block;
  return rest === 0 ? [content] : [content, Buffer.alloc(block - rest)];
}
