/**
 * Layers of which umoci reads something else than tslxc's check: they are refused before anything is unpacked; and where the check
 * has been wrong all the same, what was unpacked is refused. As a control, umoci alone makes of each what it hides.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { connect } from 'tslxc';
import { EntryCheck, type LayerReading } from '../../lib/image/layer/entry-check';
import { mountsWithin } from '../../lib/host/kernel/mount-table';
import { unpackLayer } from '../../lib/image/layer/unpack';
import { digestOf, makeLayout } from '../support/image/image-layout';
import {
  archive,
  archiveWithoutEnd,
  directory,
  file,
  hardLink,
  longName,
  pax,
  type ArchiveEntry,
} from '../support/image/tar-archive';
import { entriesOf } from '../support/image/tar-entries';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

// Its file stays open from the first look on; the package under test has its own.
mountsWithin('/nowhere');

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { root, connection };
  },
  { per: 'file', watch: ['/etc'] },
);

const MiB = 1024 * 1024;
const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);
const folder = (name: string): string => {
  const path = join(world.root.path, name);
  rmSync(path, { recursive: true, force: true });
  return path;
};

interface Attack {
  readonly layers: readonly (readonly ArchiveEntry[] | Buffer)[];
  /** Whether what is hidden is in the root that umoci has made. */
  readonly seen: (root: string) => boolean;
  readonly words: RegExp;
}

const base = [directory('bin'), file('bin/sh', 'x', 0o755)];
const hidden = archiveWithoutEnd;

/** Entries in what the check would have taken for the content of a file. */
function hide(entries: readonly ArchiveEntry[]): Buffer {
  const inside = hidden(entries);
  const told = [pax(['size', `${inside.length}`]), pax(['comment', 'x']), file('cover', '')];
  return Buffer.concat([hidden([...base, ...told]), inside, Buffer.alloc(1024)]);
}

const block: ArchiveEntry = { name: 'disk', type: '4', mode: 0o666, device: [8, 0] };
const setUid = file('root', 'x', 0o6777);
const isBlock = (root: string): boolean => lstatSync(join(root, 'disk')).isBlockDevice();

/** A file of 64 MiB in 512 bytes. */
const holes = (): ArchiveEntry[] => {
  const words = { major: '1', minor: '0', name: 'big', realsize: `${64 * MiB}` };
  const records = Object.entries(words).map(
    ([key, value]) => [`GNU.sparse.${key}`, value] as const,
  );
  return [pax(...records), file('GNUSparseFile.0/big', '0\n'.padEnd(512, '\0'))];
};

const isOutside = (root: string): boolean => existsSync(join(root, 'evil'));

const attacks: Readonly<Record<string, Attack>> = {
  'a block device behind two pax headers': {
    layers: [hide([block])],
    seen: isBlock,
    words: /two headers of the kind x/,
  },
  'a set-uid file behind two pax headers': {
    layers: [hide([setUid])],
    seen: (root) => (lstatSync(join(root, 'root')).mode & 0o7777) === 0o6777,
    words: /two headers of the kind x/,
  },
  'a file of 64 MiB behind two pax headers': {
    layers: [hide(holes())],
    seen: (root) => lstatSync(join(root, 'big')).size === 64 * MiB,
    words: /two headers of the kind x/,
  },
  'a path upwards behind an empty pax value': {
    layers: [[pax(['path', '']), file('../evil', 'x')]],
    seen: isOutside,
    words: /"path" has a value that is ambiguous/,
  },
  'a path upwards as a long name before a pax header': {
    layers: [[longName('../evil'), pax(['path', 'good']), file('a', 'x')]],
    seen: isOutside,
    words: /headers of pax and of GNU/,
  },
  'a path upwards in the prefix of a GNU header': {
    layers: [[{ ...file('evil', 'x'), fields: { magic: 'ustar  \0', prefix: 'zzz/../..' } }]],
    seen: isOutside,
    words: /a number in a header is damaged/,
  },
  'a block device in the content of a directory that looks like a file': {
    layers: [archive([pax(['path', 'dir/']), { name: 'a', type: '\0', content: hidden([block]) }])],
    seen: isBlock,
    words: /a directory is of no kind/,
  },
  'a block device with the type of a character device': {
    layers: [[{ ...block, type: '3', fields: { mode: '0040666\0' } }]],
    seen: isBlock,
    words: /a mode is that of another kind/,
  },
  'a global header that hides a directory of the layer below': {
    layers: [base, [{ name: '.wh.bin', type: 'g' }]],
    seen: (root) => !existsSync(join(root, 'bin')),
    words: /global pax records/,
  },
};

async function refusal(source: string, mostBytes = 10 * MiB): Promise<string> {
  const { images } = world.connection;
  const outcome = await images.pull(source, { name: 'hostile', mostBytes }).then(
    () => 'pulled',
    (error: unknown) => `${(error as { code: string }).code}: ${(error as Error).message}`,
  );
  expect(await images.list()).toEqual([]);
  expect([readdirSync(store('drafts')), readdirSync(store('layers'))]).toEqual([[], []]);
  return outcome;
}

test.each(Object.entries(attacks))('%s is refused', async (_what, { layers, words }) => {
  const outcome = await refusal(makeLayout(folder('layout'), { layers }));
  expect(outcome).toMatch(/^OPERATION_FAILED: .* is damaged: /);
  expect(outcome).toMatch(words);
});

test.each(Object.entries(attacks))('control: umoci alone unpacks %s', (_what, attack) => {
  makeLayout(folder('layout'), { layers: attack.layers });
  const into = folder('unpacked');
  const image = `${join(world.root.path, 'layout')}:latest`;
  execFileSync('umoci', ['raw', 'unpack', '--image', image, into], { stdio: 'ignore' });
  expect(attack.seen(into)).toBe(true);
});

test.each(['', '.', '..'])('a mark that hides %p is refused before umoci sees it', async (name) => {
  const layers = [base, [directory('a'), file(`a/.wh.${name}`, '')]];
  const outcome = await refusal(makeLayout(folder('layout'), { layers }));
  expect(outcome).toMatch(/^OPERATION_DENIED: .*hides a directory that it lies in/);
});

test('control: umoci takes a mark that hides ".." for one that hides more than is beside it', () => {
  const layers = [base, [directory('a'), file('a/.wh...', '')]];
  makeLayout(folder('layout'), { layers });
  const image = `${join(world.root.path, 'layout')}:latest`;
  const unpack = (): unknown =>
    execFileSync('umoci', ['raw', 'unpack', '--image', image, folder('unpacked')], {
      stdio: 'pipe',
    });
  expect(unpack).toThrow(/restore parent directory/);
});

describe('what was unpacked is compared with what was checked', () => {
  const limits = { mostBytes: 10 * MiB, mostEntries: 100 };

  function readingOf(entries: readonly ArchiveEntry[]): LayerReading {
    const check = new EntryCheck(limits);
    for (const entry of entriesOf(archive(entries))) check.add(entry);
    return check.reading;
  }

  /** Unpacks the layer as if the check had seen `checked` in it. */
  async function unpackAs(checked: readonly ArchiveEntry[], layer: Buffer): Promise<string> {
    makeLayout(folder('layout'), { layers: [layer] });
    const blobs = join(world.root.path, 'layout/blobs');
    const [made, below] = [folder('made'), folder('below')];
    mkdirSync(join(below, 'root'), { recursive: true });
    const packed = gzipSync(layer);
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
    const descriptor = { mediaType, digest: digestOf(packed), size: packed.length };
    const place = { folder: made, blobs, lowers: [join(below, 'root')], signal: undefined };
    const reading = readingOf(checked);
    const asked = { ...place, descriptor, diffId: digestOf(layer), reading, limits };
    return await unpackLayer(asked).then(
      () => (existsSync(join(made, 'layer.json')) ? 'unpacked' : 'without a note'),
      (error: unknown) => {
        expect(existsSync(join(made, 'layer.json'))).toBe(false);
        return `${(error as { code: string }).code}: ${(error as Error).message}`;
      },
    );
  }

  const cover = [...base, file('cover', '')];

  test.each<[string, Buffer, string]>([
    ['a block device', hide([block]), '"/disk"'],
    ['a set-uid file', hide([setUid]), '"/root"'],
    ['a fifo', hide([{ name: 'pipe', type: '6' }]), '"/pipe"'],
    ['a file of 64 MiB', hide(holes()), '"/big"'],
    ['another owner', archive([...base, { ...file('cover', ''), uid: 7 }]), '"/cover"'],
  ])('%s that was not checked is refused', async (_what, layer, name) => {
    expect(await unpackAs(cover, layer)).toMatch(
      new RegExp(`^OPERATION_DENIED: .*${name} is not what an entry of the layer says`),
    );
  });

  test('control: the same layer is taken where it was checked', async () => {
    expect(await unpackAs([...cover, block], archive([...cover, block]))).toBe('unpacked');
    expect(await unpackAs([...cover, setUid], archive([...cover, setUid]))).toBe('unpacked');
  });
});

describe('hard links to files of layers below', () => {
  const big = file('big', Buffer.alloc(6 * MiB, 'x'));
  const layers = [[big], [hardLink('one', 'big')], [file('top', '')]];

  test('that copy more than is allowed are refused', async () => {
    const source = makeLayout(folder('layout'), { layers });
    expect(await refusal(source)).toMatch(/^OPERATION_DENIED: .*copied for hard links/);
  });

  test('control: where so much is allowed, they are copies, and count as such', async () => {
    const { images } = world.connection;
    const source = makeLayout(folder('layout'), { layers });
    const image = await images.pull(source, { name: 'linked', mostBytes: 13 * MiB });
    const [, middle = ''] = image.layers;
    expect(readdirSync(middle).sort()).toEqual(['big', 'one']);
    expect(image.bytes).toBeGreaterThanOrEqual(12 * MiB);
    await images.remove('linked');
  });
});
