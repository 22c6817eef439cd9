/**
 * lib/image/layer/unpacked-check.ts: what lies where umoci has unpacked a layer is what the entries of the layer say, or was copied
 * from below. Devices and owners need root, and are in test/security.
 */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EntryCheck } from '../../../../lib/image/layer/entry-check';
import { checkUnpacked } from '../../../../lib/image/layer/unpacked-check';
import {
  archive,
  directory,
  file,
  hardLink,
  symlink,
  type ArchiveEntry,
} from '../../../support/image/tar-archive';
import { entriesOf } from '../../../support/image/tar-entries';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

const usual = { mostBytes: 100_000, mostEntries: 20 };
const mine = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

let root: string;
let lower: string;

beforeEach(() => {
  root = join(scratchDirectory(), 'root');
  lower = scratchDirectory();
  mkdirSync(root);
});

/** What umoci would have made of these, in either place. */
function make(entries: readonly ArchiveEntry[], into = root): void {
  for (const { name, type = '0', content = '', mode = 0o644, linkName = '' } of entries) {
    const path = join(into, name);
    if (type === '5') mkdirSync(path);
    else if (type === '2') symlinkSync(linkName, path);
    else if (type === '1') linkSync(join(into, linkName), path);
    else writeFileSync(path, content);
    if (type === '0') chmodSync(path, mode);
  }
}

async function check(entries: readonly ArchiveEntry[], limits = usual): Promise<number> {
  const all = new EntryCheck({ mostBytes: 1e9, mostEntries: 1e6 });
  const owned = entries.map((entry) => ({ ...entry, ...mine }));
  for (const entry of entriesOf(archive(owned))) all.add(entry);
  const { reading } = all;
  return await checkUnpacked({ ...reading, root, lowers: [lower], limits, signal: undefined });
}

const layer = [
  directory('bin'),
  file('bin/sh', 'x'.repeat(1000), 0o4755),
  symlink('bin/ash', 'sh'),
  hardLink('bin/dash', 'bin/sh'),
  file('n\u00e9', 'abc'),
];

test('what an honest layer has is taken, with names of any bytes', async () => {
  make(layer);
  writeFileSync(Buffer.from(`${root}/\xff\xfe`, 'latin1'), '');
  const odd = { name: '', fields: { name: '\xff\xfe' } };
  expect(await check([...layer, odd])).toBe(0);
});

test('a file that an entry replaces, and one that is reached through a link, are taken', async () => {
  make([...layer, directory('usr'), file('usr/new', 'ab'), symlink('lib', 'usr')]);
  const replaced = file('n\u00e9', 'another');
  expect(await check([replaced, ...layer, symlink('lib', 'usr'), file('lib/new', 'ab')])).toBe(0);
});

test.each<[string, () => void, RegExp]>([
  ['a file more', () => make([file('bin/evil', '')]), /"\/bin\/evil" is not what an entry/],
  [
    'a file of the same name elsewhere that has another size',
    () => make([file('sh', 'y'.repeat(1001), 0o4755)]),
    /"\/sh" is not what an entry/,
  ],
  ['more content', () => appendFileSync(join(root, 'bin/sh'), 'y'), /is not what an entry/],
  [
    'another mode',
    () => chmodSync(join(root, 'n\u00e9'), 0o4644),
    /"\/n\u00e9" is not what an entry/,
  ],
  ['a link more', () => make([symlink('evil', '/')]), /"\/evil" is not/],
  ['a name more of a file', () => make([hardLink('evil', 'bin/sh')]), /"\/evil" is not/],
  [
    'another file behind the name of a hard link',
    () => {
      rmSync(join(root, 'bin/dash'));
      make([file('bin/dash', 'evil', 0o4755)]);
    },
    /"\/bin\/dash" is not/,
  ],
  [
    'the same file once more',
    () => make([directory('again'), file('again/sh', 'x'.repeat(1000), 0o4755)]),
    /has more in it than the layer says/,
  ],
  [
    'something beside the root',
    () => make([file('../evil', '')]),
    /"\/..\/evil" is beside the root/,
  ],
])('%s is refused', async (_what, change, words) => {
  make(layer);
  expect(await check(layer)).toBe(0);
  change();
  await expect(check(layer)).rejects.toMatchObject({
    code: 'OPERATION_DENIED',
    message: expect.stringMatching(words) as string,
  });
});

test('more directories than are allowed are refused', async () => {
  for (let at = 0; at < 21; at += 1) mkdirSync(join(root, `${at}`));
  await expect(check([])).rejects.toMatchObject({
    message: expect.stringContaining('is one too many') as string,
  });
});

describe('a file of a layer below, which a hard link copies', () => {
  const below = file('big', 'x'.repeat(5000), 0o600);
  const links = [hardLink('one', 'big'), hardLink('two', 'big')];
  const copy = (): void => {
    make([below], lower);
    copyFileSync(join(lower, 'big'), join(root, 'big'));
    chmodSync(join(root, 'big'), 0o600);
    make(links);
  };

  test('is taken, and its bytes are counted once', async () => {
    copy();
    expect(await check(links)).toBe(5000);
  });

  test('is refused if it makes the layer more than is allowed', async () => {
    copy();
    const limits = { ...usual, mostBytes: 6000 };
    await expect(check(links, limits)).rejects.toMatchObject({
      message: expect.stringContaining('than 6000 bytes') as string,
    });
  });

  test.each<[string, () => void]>([
    ['it is another one', () => appendFileSync(join(root, 'big'), 'y')],
    ['nothing links to it', () => rmSync(join(lower, 'big'))],
    [
      'it lies behind a link of the layer below',
      () => {
        mkdirSync(join(root, 'etc'));
        linkSync(join(root, 'big'), join(root, 'etc/big'));
        rmSync(join(root, 'big'));
        symlinkSync('.', join(lower, 'etc'));
      },
    ],
  ])('is refused if %s', async (_what, change) => {
    copy();
    change();
    await expect(check(links)).rejects.toMatchObject({ code: 'OPERATION_DENIED' });
  });
});

test('it ends when the pull is aborted', async () => {
  const abort = new AbortController();
  abort.abort();
  const { reading } = new EntryCheck(usual);
  const asked = { ...reading, root, lowers: [], limits: usual, signal: abort.signal };
  await expect(checkUnpacked(asked)).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
});
