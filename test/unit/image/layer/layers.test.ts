/** What is read of a layer, and what no layer may hold. */
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLayer } from '../../../../lib/image/layer/check';
import { EntryCheck } from '../../../../lib/image/layer/entry-check';
import { TarReader, type TarEntry } from '../../../../lib/image/layer/tar-reader';
import { sha256 } from '../../../../lib/image/store/layer-store';
import {
  archive,
  directory,
  file,
  hardLink,
  symlink,
  type ArchiveEntry,
} from '../../../support/image/tar-archive';

/** In pieces of so many bytes, as they may come from a file. */
function entriesOf(bytes: Buffer, piece = 7919): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader((entry) => entries.push(entry));
  for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
  reader.end();
  return entries;
}

/** The end of its first header is that of a form that only star has. */
function starred(): Buffer {
  const bytes = archive([file('a', '')]);
  bytes.write('tar', 508, 'latin1');
  const header = bytes.subarray(0, 512);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** A pax record that says nothing, of so many bytes. */
function ahead(bytes: number): ArchiveEntry {
  const [start, end] = [`${bytes} comment=`, '\n'];
  const content = start + 'x'.repeat(bytes - start.length - end.length) + end;
  return { name: 'pax', type: 'x', content };
}

const limits = { mostBytes: 1_000_000, mostEntries: 100 };

function check(entries: readonly ArchiveEntry[], some = limits): EntryCheck {
  const all = new EntryCheck(some);
  for (const entry of entriesOf(archive(entries))) all.add(entry);
  return all;
}

test.each([1, 511, 512, 513, 100_000])('an archive is read in pieces of %d bytes', (piece) => {
  const long = `${'folder/'.repeat(30)}file`;
  const entries = [
    directory('etc'),
    file('etc/passwd', 'x'.repeat(1000)),
    { ...file(long, ''), attributes: { 'user.a': '1' } },
    symlink('sbin', 'usr/sbin'),
    hardLink('etc/group', 'etc/passwd'),
  ];
  expect(entriesOf(archive(entries), piece)).toMatchObject([
    { name: 'etc', type: '5', size: 0 },
    { name: 'etc/passwd', type: '0', size: 1000 },
    { name: long, type: '0', paxKeys: ['SCHILY.xattr.user.a', 'path'] },
    { name: 'sbin', type: '2', linkName: 'usr/sbin' },
    { name: 'etc/group', type: '1', linkName: 'etc/passwd' },
  ]);
});

test.each<[string, Buffer, RegExp]>([
  ['a damaged header', Buffer.alloc(1024, 1), /a header is damaged/],
  ['half an entry', archive([file('a', 'x'.repeat(2000))]).subarray(0, 1024), /in the middle/],
  [
    'entries after the end',
    Buffer.concat([archive([]), archive([file('a', '')])]),
    /follow its end/,
  ],
  [
    'a damaged pax record',
    archive([{ name: 'pax', type: 'x', content: 'not a record\n' }]),
    /a pax record is damaged/,
  ],
  [
    'global records',
    archive([{ name: 'pax', type: 'g', content: '20 path=/etc/passwd\n' }]),
    /global pax records/,
  ],
  ...['x', 'g', 'L', 'K'].map((type): [string, Buffer, RegExp] => [
    `eight gigabytes in the place of a name, of the kind ${type},`,
    archive([{ name: 'pax', type, toldSize: 2 ** 33 - 512 }]),
    /a name is too long/,
  ]),
  [
    'a million bytes of pax records, again and again ahead of one entry,',
    archive([ahead(2 ** 19), ahead(2 ** 19), ahead(512)]),
    /a name is too long/,
  ],
  ['a directory of no kind', archive([{ name: 'a/', type: '\0', content: 'x' }]), /is of no kind/],
  ['a header of star', starred(), /is of star/],
])('%s is no layer', (_what, bytes, words) => {
  expect(() => entriesOf(bytes)).toThrow(words);
});

test('as many bytes ahead of each entry as are allowed make a layer', () => {
  const bytes = archive([ahead(2 ** 20), file('a', ''), ahead(2 ** 20), file('b', '')]);
  expect(entriesOf(bytes).map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each<[string, ArchiveEntry[], RegExp]>([
  ['an absolute path', [file('/etc/passwd', '')], /"\/etc\/passwd" has an absolute path/],
  ['a path upwards', [file('a/../../etc/passwd', '')], /has a path with '\.\.'/],
  ['a link to an absolute path', [hardLink('a', '/etc/shadow')], /link to "\/etc\/shadow"/],
  ['a link upwards', [hardLink('a', '../shadow')], /has a path with '\.\.'/],
  [
    'a way through a link out of the root',
    [symlink('x', '../../etc'), file('x/passwd', '')],
    /goes through the link 'x' out of the root/,
  ],
  [
    'a way through an absolute link',
    [directory('a'), symlink('a/x', '/etc'), file('./a//x/passwd', '')],
    /goes through the link 'a\/x' out of the root/,
  ],
  [
    'a way through one, when much else has been in between',
    [
      symlink('x', '../../etc'),
      ...[directory('a'), file('a/b', ''), symlink('y', 'a'), symlink('z', '/etc')],
      file('x/passwd', ''),
    ],
    /goes through the link 'x' out of the root/,
  ],
  [
    'a hard link through one',
    [symlink('x', '/'), hardLink('y', 'x/etc/shadow')],
    /goes through the link 'x'/,
  ],
  [
    'more bytes than allowed',
    [{ ...file('a', ''), toldSize: 2_000_000 }],
    /more than 1000000 bytes/,
  ],
  [
    'more entries than allowed',
    Array.from({ length: 101 }, (_, at) => file(`${at}`, '')),
    /more than 100 entries/,
  ],
  ['an unknown kind', [{ name: 'a', type: 'S' }], /of an unknown kind/],
  ['a name that is too long', [file('n'.repeat(300), '')], /that no file system takes/],
])('%s is refused', (_what, entries, words) => {
  const all = new EntryCheck(limits);
  const reader = new TarReader((entry) => all.add(entry));
  expect(() => reader.write(archive(entries))).toThrow(words);
});

test('what images really have is taken', () => {
  const { content } = check([
    directory('./'),
    directory('./etc'),
    // Debian has it: it leads to what the container's /proc shows.
    symlink('./etc/mtab', '../proc/self/mounts'),
    symlink('./lib', 'usr/lib'),
    file('./lib/beyond', 'abc'),
    symlink('./var', '/elsewhere'),
    // From here on it is no link any more.
    directory('./var'),
    file('./var/file', ''),
    hardLink('./etc/again', './lib/beyond'),
    file('..data', ''),
  ]);
  expect(content).toEqual({ bytes: 10 * 512, entries: 10, root: 'given' });
});

test.each([
  ['', [file('a', '')], 'inherited'],
  ['./', [directory('./')], 'given'],
  ['.', [file('a', ''), directory('.')], 'given'],
  ['a file of that name', [file('.', '')], 'inherited'],
] as const)('a layer gives the root an owner by an entry for it: %p', (_what, entries, root) => {
  expect(check(entries).content.root).toBe(root);
});

test('however many layers are checked with one signal, it has one listener, and an abort ends all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-layer-'));
  try {
    const path = join(folder, 'layer.tar');
    const bytes = archive([file('a', 'x')]);
    writeFileSync(path, bytes);
    const digest = sha256(bytes);
    const mediaType = 'application/vnd.oci.image.layer.v1.tar';
    const descriptor = { mediaType, digest, size: bytes.length };
    const abort = new AbortController();
    const layer = { path, descriptor, diffId: digest, limits, signal: abort.signal };
    expect(await checkLayer(layer)).toMatchObject({ entries: 1 });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    const checks = Array.from({ length: 20 }, () => checkLayer(layer));
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    abort.abort();
    for (const check of await Promise.allSettled(checks)) {
      expect(check).toMatchObject({ reason: { code: 'OPERATION_ABORTED' } });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
