/**
 * Images of a hostile author: they are refused with the reason, and the host is as before. Beside each stands a control, in
 * which the same archive does its damage where nothing looks at it.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { busyboxLayer, digestOf, makeLayout } from '../support/image/image-layout';
import { Registry } from '../support/image/registry';
import {
  archive,
  directory,
  file,
  hardLink,
  symlink,
  type ArchiveEntry,
} from '../support/image/tar-archive';
import { runIn } from '../support/domain/exec';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { root, connection };
  },
  { per: 'file', watch: ['/etc'] },
);

afterEach(async () => {
  const { images } = world.connection;
  for (const { name } of await images.list()) await images.remove(name);
});

const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);

/** A directory of the host that no image may reach, at the same distance from where layers and the control are unpacked. */
function canary(): string {
  const path = join(world.root.path, 'canary');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  writeFileSync(join(path, 'secret'), 'untouched');
  return path;
}

const changesOf = (path: string): unknown => [
  readdirSync(path),
  readFileSync(join(path, 'secret'), 'utf8'),
  statSync(join(path, 'secret')).nlink,
];
const untouched = [['secret'], 'untouched', 1];

async function refusal(source: string, options = {}): Promise<string> {
  const { images } = world.connection;
  const outcome = await images.pull(source, { name: 'hostile', ...options }).then(
    () => 'pulled',
    (error: unknown) => {
      const { code, message } = error as Error & { code: string };
      return `${code}: ${message}`;
    },
  );
  expect(await images.list()).toEqual([]);
  expect([readdirSync(store('drafts')), readdirSync(store('layers'))]).toEqual([[], []]);
  return outcome;
}

/** Unpacks by tar, told to believe every name. */
function unpackedNaively(entries: readonly ArchiveEntry[]): void {
  const folder = join(world.root.path, 'a/b/c');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(world.root.path, 'naive.tar');
  writeFileSync(path, archive(entries));
  const words = ['--absolute-names', '--keep-directory-symlink', '-C', folder, '-xf', path];
  execFileSync('tar', words, { stdio: 'ignore' });
}

type Attack = (canary: string) => ArchiveEntry[];

const attacks: readonly (readonly [string, Attack, RegExp])[] = [
  ['an absolute path', (place) => [file(`${place}/new`, 'x')], /has an absolute path/],
  ['a path upwards', () => [file('../../../canary/new', 'x')], /has a path with '\.\.'/],
  [
    'a link upwards, and a file behind it',
    () => [symlink('out', '../../../canary'), file('out/new', 'x')],
    /goes through the link "out" out of the root/,
  ],
  [
    'an absolute link, and a file behind it',
    (place) => [symlink('out', place), file('out/secret', 'x')],
    /goes through the link "out" out of the root/,
  ],
  [
    'a hard link to a file of the host',
    (place) => [hardLink('stolen', `${place}/secret`)],
    /\(a link to .*secret"\) has an absolute path/,
  ],
];

test.each(attacks)('%s is refused, and reaches nothing', async (_what, attack, words) => {
  const place = canary();
  const source = makeLayout(join(world.root.path, 'layout'), { layers: [attack(place)] });
  expect(await refusal(source)).toMatch(
    /^OPERATION_DENIED: operation forbidden: the layer's entry/,
  );
  expect(await refusal(source)).toMatch(words);
  expect(changesOf(place)).toEqual(untouched);
});

test.each(attacks)(
  'control: unpacked by a program that believes it, %s reaches the host',
  (_what, attack) => {
    const place = canary();
    unpackedNaively(attack(place));
    expect(changesOf(place)).not.toEqual(untouched);
  },
);

test('umoci keeps within the root what goes through a link of the layer below', async () => {
  const place = canary();
  const layers = [[symlink('out', place)], [file('out/new', 'x')]];
  const source = makeLayout(join(world.root.path, 'layout'), { layers });
  const image = await world.connection.images.pull(source, { name: 'layered' });
  expect(changesOf(place)).toEqual(untouched);
  expect(image.layers).toHaveLength(2);
});

describe('a layer that unpacks to more than is allowed', () => {
  const bomb = (): string =>
    makeLayout(join(world.root.path, 'bomb'), {
      layers: [[directory('data'), file('data/zeros', Buffer.alloc(24 * 1024 * 1024))]],
    });

  test('is refused before anything of it is written', async () => {
    const outcome = await refusal(bomb(), { mostBytes: 1024 * 1024 });
    expect(outcome).toMatch(/^OPERATION_DENIED: .*"data\/zeros" makes it more than 1048576 bytes/);
  });

  test('is refused also when the layer is here already', async () => {
    const { images } = world.connection;
    await images.pull(bomb(), { name: 'allowed' });
    const again = images.pull(bomb(), { name: 'hostile', mostBytes: 1024 * 1024 });
    await expect(again).rejects.toMatchObject({ code: 'OPERATION_DENIED' });
  });

  test('is refused also when only its layers together are more', async () => {
    const layer = (name: string): ArchiveEntry[] => [file(name, Buffer.alloc(6 * 1024 * 1024))];
    const source = makeLayout(join(world.root.path, 'bombs'), {
      layers: [layer('one'), layer('two')],
    });
    const outcome = await refusal(source, { mostBytes: 10 * 1024 * 1024 });
    expect(outcome).toMatch(/^OPERATION_DENIED: .*"two" makes it more than 4194304 bytes/);
    const { images } = world.connection;
    await images.pull(source, { name: 'allowed', mostBytes: 12 * 1024 * 1024 });
  });

  test('control: where so much is allowed, it takes the disk', async () => {
    const image = await world.connection.images.pull(bomb(), { name: 'bomb' });
    const [layer = ''] = image.layers;
    expect(statSync(join(layer, 'data/zeros')).blocks * 512).toBeGreaterThan(20 * 1024 * 1024);
  });
});

describe('content with another digest', () => {
  const honest = () => makeLayout(join(world.root.path, 'honest'), { layers: [busyboxLayer()] });

  test('of a layer, decompressed, is refused', async () => {
    const source = makeLayout(join(world.root.path, 'layout'), {
      layers: [busyboxLayer()],
      diffIds: [digestOf('another content')],
    });
    expect(await refusal(source)).toMatch(
      /^OPERATION_FAILED: .*the content of the layer is not what the image says/,
    );
  });

  test('of a blob in a registry is refused, and with its own digest the same image is pulled', async () => {
    await using registry = await Registry.serve();
    const { images } = world.connection;
    const target = await registry.push(honest(), 'web:1');
    const image = await images.pull(target, { tls: 'trust', name: 'honest' });
    expect(existsSync(join(image.layers[0] ?? '', 'bin/busybox'))).toBe(true);
    await images.remove('honest');
    const blobs = join(registry.folder, 'store/docker/registry/v2/blobs/sha256');
    const found = execFileSync('find', [blobs, '-name', 'data', '-size', '+100k'], {
      encoding: 'utf8',
    });
    const blob = found.trim();
    const bytes = readFileSync(blob);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(blob, bytes);
    expect(await refusal(target, { tls: 'trust' })).toMatch(/^OPERATION_FAILED: .*skopeo: .*igest/);
  });
});

describe('what is in an image has no power over the host', () => {
  const node = { name: 'disk', type: '3', mode: 0o666, device: [1, 3] as const };
  const layers = (): ArchiveEntry[][] => [
    [
      ...busyboxLayer(),
      node,
      symlink('etc/shadow', '/etc/passwd'),
      { ...file('bin/root', readFileSync('/usr/bin/busybox'), 0o4755), uid: 0 },
    ],
  ];

  test('a device node can’t be opened in the container, and a set-uid file is one of its own root', async () => {
    const source = makeLayout(join(world.root.path, 'layout'), { layers: layers() });
    await world.connection.images.pull(source, { name: 'nodes' });
    const args = ['sleep', '1000'];
    const domain = await world.connection.createFromImage('nodes', { name: 'nodes', args });
    const line = 'cat /disk 2>&1; ls -ln /bin/root';
    const { stdout } = await runIn(domain, ['/bin/sh', '-c', line]);
    expect(stdout).toMatch(/Permission denied|Operation not permitted/);
    expect(stdout).toMatch(/-rwsr-xr-x +1 0 +0 /);
    await domain.destroy();
    // No other user of the host reaches it.
    expect(statSync(store()).mode & 0o077).toBe(0);
  });

  test('control: on the host the same node can be opened', async () => {
    const source = makeLayout(join(world.root.path, 'layout'), { layers: layers() });
    const image = await world.connection.images.pull(source, { name: 'nodes' });
    expect(readFileSync(join(image.layers[0] ?? '', 'disk'))).toHaveLength(0);
  });

  test('a database of users that is a device or a link to the host’s is not opened for a look', async () => {
    const evil = [
      ...busyboxLayer().filter(({ name }) => name !== 'etc/passwd'),
      { name: 'etc/passwd', type: '3', mode: 0o666, device: [5, 0] as const },
    ];
    const source = makeLayout(join(world.root.path, 'layout'), {
      layers: [evil],
      config: { Cmd: ['sh'], User: '1234' },
    });
    await world.connection.images.pull(source, { name: 'evil' });
    const xml = await world.connection.images.domainXml('evil');
    expect(xml).toContain('<inituser>1234</inituser>');
    expect(xml).toContain('<initgroup>0</initgroup>');
  });
});
