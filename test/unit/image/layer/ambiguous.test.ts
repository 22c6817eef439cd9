/** lib/image/layer/tar-reader.ts refuses archives in which umoci, by Go's archive/tar, would find something else; and no others. */
import {
  archive,
  archiveWithoutEnd,
  directory,
  file,
  hardLink,
  longName,
  pax,
  symlink,
  type ArchiveEntry,
} from '../../../support/image/tar-archive';
import { entriesOf } from '../../../support/image/tar-entries';

/** An entry with these bytes in its header. */
const withFields = (fields: Required<ArchiveEntry>['fields'], type = '0'): Buffer =>
  archive([{ name: 'a', type, fields }]);

/** Each hid an entry from the check, or showed it another one than umoci unpacked, and was taken. */
test.each<[string, Buffer, RegExp]>([
  [
    'two pax headers before one entry',
    archive([pax(['path', 'good']), pax(['comment', 'x']), file('../evil', '')]),
    /two headers of the kind x/,
  ],
  [
    'two pax headers, of which the second is empty,',
    archive([pax(['size', '512']), pax(), file('cover', 'x'.repeat(512))]),
    /two headers of the kind x/,
  ],
  [
    'two long names',
    archive([longName('good'), longName('../evil'), file('a', '')]),
    /two headers of the kind L/,
  ],
  [
    'two long targets of a link',
    archive([longName('good', 'K'), longName('../evil', 'K'), hardLink('a', 'b')]),
    /two headers of the kind K/,
  ],
  ...(['L', 'K'] as const).flatMap((type): [string, Buffer, RegExp][] => {
    const [long, other] = [longName('../evil', type), pax(['path', 'good'], ['linkpath', 'good'])];
    const words = /headers of pax and of GNU/;
    return [
      [
        `a long name of the kind ${type} before a pax header`,
        archive([long, other, file('a', '')]),
        words,
      ],
      [
        `a long name of the kind ${type} after a pax header`,
        archive([other, long, file('a', '')]),
        words,
      ],
    ];
  }),
  ['a pax header without an entry', archive([pax(['path', 'a'])]), /no entry behind it/],
  [
    'a pax header at the end of the file',
    archiveWithoutEnd([pax(['path', 'a'])]),
    /no entry behind it/,
  ],
  ['a long name without an entry', archive([longName('a')]), /no entry behind it/],
  ['an empty long name', archive([longName(''), file('../evil', '')]), /a name is empty/],
  [
    'a long name without its zero byte',
    archive([{ name: 'L', type: 'L', content: 'b' }, file('a', '')]),
    /a name has no end/,
  ],
  [
    'a long name without a byte',
    archive([{ name: 'L', type: 'L' }, file('a', '')]),
    /a name is empty/,
  ],
  ...['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'].map((key): [string, Buffer, RegExp] => [
    `an empty value of ${key}`,
    archive([pax([key, '']), file('../evil', '')]),
    /has a value that is ambiguous/,
  ]),
  ['a size below zero', archive([pax(['size', '-512']), file('a', '')]), /value that is ambiguous/],
  ['a path with a zero byte', archive([pax(['path', 'a\0b']), file('a', '')]), /that is ambiguous/],
  ['a key twice', archive([pax(['path', 'a'], ['path', 'b']), file('a', '')]), /comes twice/],
  ['a key that begins with a blank', archive([pax([' path', 'a']), file('a', '')]), /has the key/],
  ['an empty key', archive([pax(['', 'abc']), file('a', '')]), /has the key ""/],
  ['a record of GNU tar', archive([pax(['GNU.dumpdir', 'a']), file('a', '')]), /is for no layer/],
  [
    'more pax records than any file has',
    archive([
      pax(...Array.from({ length: 1001 }, (_, at) => [`k${at}`, ''] as const)),
      file('a', ''),
    ]),
    /more than 1000 pax records/,
  ],
  [
    'a directory of no kind by its pax name',
    archive([pax(['path', 'a/']), { name: 'b', type: '\0', content: 'x' }]),
    /is of no kind/,
  ],
  [
    'a directory of no kind by its long name',
    archive([longName('a/'), { name: 'b', type: '\0', content: 'x' }]),
    /is of no kind/,
  ],
  ['a file with the name of a directory', archive([file('a/', 'x')]), /is of no kind/],
  ...['1', '2', '3', '4', '5', '6'].map((type): [string, Buffer, RegExp] => [
    `content of the kind ${type}`,
    archive([{ name: 'a', type, linkName: 'b', content: 'x' }]),
    /has no content has a size/,
  ]),
  [
    'a prefix in a header of GNU',
    withFields({ magic: 'ustar  \0', prefix: '../evil' }),
    /a number in a header is damaged/,
  ],
  ['an unknown form', withFields({ magic: 'ustar-00' }), /of an unknown form/],
  [
    'the mode of a directory, of which umoci makes a block device,',
    withFields({ mode: '0040666\0' }, '3'),
    /a mode is that of another kind/,
  ],
  ['an owner that is none', withFields({ uid: '\x80\0\0\0\xff\xff\xff\xff' }), /out of range/],
  ['a group beyond the last', archive([pax(['gid', '4294967296']), file('a', '')]), /out of range/],
  ['a device beyond the last', withFields({ major: '0010000\0' }, '4'), /out of range/],
  [
    'a number with more behind it',
    withFields({ size: '0\x000000000001' }),
    /number in a header is damaged/,
  ],
  ['a number with a tab', withFields({ size: '\t0' }), /a number in a header is damaged/],
])('%s is ambiguous, and no layer', (_what, bytes, words) => {
  expect(() => entriesOf(bytes)).toThrow(words);
});

test.each<[string, Buffer, string[]]>([
  [
    'no padding after its last file, as umoci insert writes it,',
    archiveWithoutEnd([file('a', 'x'), { ...file('b', 'xyz'), padding: 'none' }]),
    ['a', 'b'],
  ],
  ['half of the padding', archiveWithoutEnd([file('a', 'x')]).subarray(0, 700), ['a']],
  ['no blocks of zeros', archiveWithoutEnd([file('a', 'x')]), ['a']],
  ['one block of zeros', archive([file('a', 'x')]).subarray(0, 1536), ['a']],
  [
    'less than a block of zeros behind its end',
    Buffer.concat([archive([file('a', '')]), Buffer.alloc(10)]),
    ['a'],
  ],
  ['a pax header without records', archive([pax(), file('a', '')]), ['a']],
  [
    'long names of both kinds',
    archive([longName('long target', 'K'), longName('long name'), symlink('a', 'b')]),
    ['long name'],
  ],
  [
    'types in its modes, as Go once wrote them',
    archive([
      { ...directory('a'), fields: { mode: '0040755\0' } },
      { ...file('b', ''), fields: { mode: '0100644\0' } },
    ]),
    ['a', 'b'],
  ],
  ['times before 1970', withFields({ modified: `${'\xff'.repeat(11)}\0` }), ['a']],
])('an archive with %s is taken', (_what, bytes, names) => {
  for (const piece of [1, 511, 7919]) {
    expect(entriesOf(bytes, piece).map(({ name }) => name)).toEqual(names);
  }
});

test('content that is cut off in the middle is no layer', () => {
  const bytes = archiveWithoutEnd([{ ...file('b', 'xyz'), padding: 'none' }]);
  expect(() => entriesOf(bytes.subarray(0, -1))).toThrow(/in the middle of an entry/);
});
