/** What is read of a layer, and what no layer may hold. */
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLayer } from '../../../../lib/image/layer/check';
import { EntryCheck } from '../../../../lib/image/layer/entry-check';
import { ToldFiles } from '../../../../lib/image/layer/told-files';
import { TarReader } from '../../../../lib/image/layer/tar-reader';
import { sha256 } from '../../../../lib/image/store/layer-store';
import {
  archive,
  directory,
  file,
  hardLink,
  pax,
  symlink,
  whiteout,
  type ArchiveEntry,
} from '../../../support/image/tar-archive';
import { entriesOf } from '../../../support/image/tar-entries';

/** An entry with these bytes in its header. */
const withFields = (fields: Required<ArchiveEntry>['fields'], type = '0'): Buffer =>
  archive([{ name: 'a', type, fields }]);

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
    { name: long, type: '0', isSparse: false },
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
    archive([{ name: 'pax', type: 'g', content: '20 path=/etc/passwd\n' }, file('a', '')]),
    /global pax records/,
  ],
  // umoci takes it for an entry, which hides `a` in the layer below.
  ['an empty global header', archive([{ name: '.wh.a', type: 'g' }]), /global pax records/],
  ...['x', 'L', 'K'].map((type): [string, Buffer, RegExp] => [
    `eight gigabytes in the place of a name, of the kind ${type},`,
    archive([{ name: 'pax', type, toldSize: 2 ** 33 - 512 }]),
    /a name is too long/,
  ]),
  [
    'half a megabyte of pax records, twice ahead of one entry,',
    archive([ahead(2 ** 19), ahead(2 ** 19), file('a', '')]),
    /two headers of the kind x/,
  ],
  ['a directory of no kind', archive([{ name: 'a/', type: '\0', content: 'x' }]), /is of no kind/],
  ['a header of star', withFields({ trailer: 'tar\0' }), /is of star/],
])('%s is no layer', (_what, bytes, words) => {
  expect(() => entriesOf(bytes)).toThrow(words);
});

test('what pax says replaces what the header says', () => {
  const records = pax(
    ['path', 'b'],
    ['size', '3'],
    ['uid', '4294967294'],
    ['gid', '7'],
    ['mtime', '-1.5'],
  );
  const found = entriesOf(archive([records, { ...file('a', 'xyz'), toldSize: 0 }, file('c', '')]));
  expect(found).toMatchObject([{ name: 'b', size: 3, uid: 4294967294, gid: 7 }, { name: 'c' }]);
});

test('as many bytes ahead of each entry as are allowed make a layer', () => {
  const bytes = archive([ahead(2 ** 20), file('a', ''), ahead(2 ** 20), file('b', '')]);
  expect(entriesOf(bytes).map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each(['/', './', '.'])('an entry whose whole name is %s is the root itself', (name) => {
  const { content } = check([directory(name), file('a', 'x')]).reading;
  expect(content).toMatchObject({ root: 'given', entries: 2 });
});

test.each<[string, ArchiveEntry[], RegExp]>([
  ['the root twice', [directory('//')], /"\/\/" has an absolute path/],
  ['a folder by an absolute path', [directory('/etc')], /"\/etc.*" has an absolute path/],
  ['a file for the root', [file('/', '')], /a directory is of no kind/],
  ['a link for the root', [symlink('/', 'etc')], /makes the root something else/],
  ['a link to the root', [hardLink('a', '/')], /has an absolute path/],
  ['an absolute path', [file('/etc/passwd', '')], /"\/etc\/passwd" has an absolute path/],
  ['a path upwards', [file('a/../../etc/passwd', '')], /has a path with '\.\.'/],
  ['a link to an absolute path', [hardLink('a', '/etc/shadow')], /link to "\/etc\/shadow"/],
  ['a link upwards', [hardLink('a', '../shadow')], /has a path with '\.\.'/],
  [
    'a way through a link out of the root',
    [symlink('x', '../../etc'), file('x/passwd', '')],
    /goes through the link "x" out of the root/,
  ],
  [
    'a way through an absolute link',
    [directory('a'), symlink('a/x', '/etc'), file('./a//x/passwd', '')],
    /goes through the link "a\/x" out of the root/,
  ],
  [
    'a way through one, when much else has been in between',
    [
      symlink('x', '../../etc'),
      ...[directory('a'), file('a/b', ''), symlink('y', 'a'), symlink('z', '/etc')],
      file('x/passwd', ''),
    ],
    /goes through the link "x" out of the root/,
  ],
  [
    'a hard link through one',
    [symlink('x', '/'), hardLink('y', 'x/etc/shadow')],
    /goes through the link "x"/,
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
  ['a name that is too long in bytes', [file('é'.repeat(130), '')], /that no file system takes/],
  [
    'a contiguous file, of which umoci knows nothing,',
    [{ name: 'a', type: '7' }],
    /of an unknown kind/,
  ],
  ['a sparse file', [pax(['GNU.sparse.realsize', '9']), file('a', '')], /is sparse/],
  ['a root that is a link', [symlink('./', 'etc')], /makes the root something else/],
  ['an entry without a name', [file('', '')], /makes the root something else/],
  ['a hard link to the root', [hardLink('a', './')], /links to the root/],
  ['a link to nothing', [symlink('a', '')], /is a link to nothing/],
  ...['', '.', '..'].map((name): [string, ArchiveEntry[], RegExp] => [
    `a mark that hides '${name}'`,
    [whiteout(`a/${name}`)],
    /hides a directory that it lies in/,
  ]),
  ['a mark of another kind', [directory('.wh.../')], /hides a directory that it lies in/],
  [
    'more directories than allowed, on the way to one entry',
    [file(`${'a/'.repeat(120)}b`, '')],
    /more than 100 entries/,
  ],
  [
    'more directories than allowed, through a link that changes',
    [1, 2, 3].flatMap((at) => [symlink('x', `${at}`), file(`x/${'a/'.repeat(40)}b`, '')]),
    /more than 100 entries/,
  ],
])('%s is refused', (_what, entries, words) => {
  const all = new EntryCheck(limits);
  const reader = new TarReader((entry) => all.add(entry));
  expect(() => reader.write(archive(entries))).toThrow(words);
});

test('more links out of the root than anything has are refused, since they are remembered', () => {
  const all = new EntryCheck({ mostBytes: 1e12, mostEntries: 1e7 });
  const [one] = entriesOf(archive([symlink('a', '/')]));
  const way = Array.from({ length: 15 }, () => 'x'.repeat(250)).join('/');
  const addAll = (): void => {
    for (let at = 0; one !== undefined && at < 20_000; at += 1) {
      all.add({ ...one, name: `${at}/${way}` });
    }
  };
  expect(addAll).toThrow(/is one of too many links out of the root/);
});

test('what is told of more files than are kept together is known of each', () => {
  const told = new ToldFiles();
  const [entry] = entriesOf(archive([file('a', 'xyz')]));
  if (entry === undefined) throw new Error('no entry');
  for (let at = 0; at < 40_000; at += 1) told.add(`${at}`, { ...entry, uid: at });
  const { type, mode, gid, size } = entry;
  const isTold = (name: string, uid: number): boolean =>
    told.hasFile(name, { type, mode, uid, gid, size, device: 0 });
  for (const at of [0, 1, 32_767, 32_768, 39_999]) {
    expect([isTold(`${at}`, at), isTold(`${at}`, at + 1), isTold(`x${at}`, at)]).toEqual([
      true,
      false,
      false,
    ]);
  }
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
  ]).reading;
  expect(content).toEqual({ bytes: 10 * 512, entries: 10, root: 'given' });
});

test.each([
  ['', [file('a', '')], 'inherited'],
  ['./', [directory('./')], 'given'],
  ['.', [file('a', ''), directory('.')], 'given'],
] as const)('a layer gives the root an owner by an entry for it: %p', (_what, entries, root) => {
  expect(check(entries).reading.content.root).toBe(root);
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
    expect((await checkLayer(layer)).content).toMatchObject({ entries: 1 });
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
