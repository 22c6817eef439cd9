/** Images as other programs make and keep them: packed in other ways, with Docker's documents, twice the same, and with a tag that moves. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { ImageInfo } from 'tslxc';
import { busyboxLayer, digestOf, makeLayout } from '../../support/image/image-layout';
import { Registry } from '../../support/image/registry';
import { directory, file } from '../../support/image/tar-archive';
import { containerTest } from '../../support/world/container-test';
import { runCommand } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const registry = keep(await Registry.serve());
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { registry, root, connection };
  },
  { per: 'file' },
);

afterEach(async () => {
  const { images } = world.connection;
  for (const { name } of await images.list()) await images.remove(name);
});

const folder = (name: string): string => join(world.registry.folder, name);

function layoutOf(name: string): string {
  return makeLayout(folder(name), {
    layers: [[directory('data'), file('data/name', name)], [file('data/more', name.repeat(1000))]],
  });
}

function copy(...words: readonly string[]): void {
  execFileSync('skopeo', ['--insecure-policy', 'copy', '--quiet', ...words], { stdio: 'pipe' });
}

function expectContent({ layers }: ImageInfo, name: string): void {
  const [top = '', bottom = ''] = layers;
  expect(readFileSync(join(bottom, 'data/name'), 'utf8')).toBe(name);
  expect(readFileSync(join(top, 'data/more'), 'utf8')).toBe(name.repeat(1000));
}

test.each<[string, readonly string[], string]>([
  ['zstd', ['--dest-compress-format', 'zstd'], 'layer.v1.tar+zstd'],
  ['docker', ['--format', 'v2s2'], 'docker.image.rootfs.diff'],
])('layers of the kind %s are unpacked, and not again', async (kind, options, words) => {
  const { images } = world.connection;
  const target = `docker://${world.registry.address}/kinds:${kind}`;
  copy('--dest-tls-verify=false', ...options, layoutOf(kind), target);
  const manifest = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', target]);
  expect(String(manifest)).toContain(words);
  const image = await images.pull(target, { tls: 'trust', name: kind });
  expectContent(image, kind);
  const again = await images.pull(target, { tls: 'trust', name: `${kind}-again` });
  expect(again.layers).toEqual(image.layers);
});

test('layers that are not compressed are unpacked', async () => {
  const plain = folder('plain');
  copy('--dest-decompress', layoutOf('plain-source'), `dir:${plain}`);
  const image = await world.connection.images.pull(`dir:${plain}`, { name: 'plain' });
  expectContent(image, 'plain-source');
});

test('what umoci insert writes, without padding behind the last file, is taken', async () => {
  const layout = folder('inserted');
  const umoci = (...words: string[]): unknown => execFileSync('umoci', words, { stdio: 'pipe' });
  umoci('init', '--layout', layout);
  umoci('new', '--image', `${layout}:x`);
  const source = join(folder('to-insert'), 'file');
  mkdirSync(folder('to-insert'), { recursive: true });
  writeFileSync(source, 'not a whole block');
  umoci('insert', '--image', `${layout}:x`, source, '/etc/inserted');
  const image = await world.connection.images.pull(`oci:${layout}:x`, { name: 'inserted' });
  const [layer = ''] = image.layers;
  expect(readFileSync(join(layer, 'etc/inserted'), 'utf8')).toBe('not a whole block');
});

test('what umoci insert writes of a folder at /, with an entry for the root itself, is taken', async () => {
  const layout = folder('inserted-root');
  const umoci = (...words: string[]): unknown => execFileSync('umoci', words, { stdio: 'pipe' });
  umoci('init', '--layout', layout);
  umoci('new', '--image', `${layout}:x`);
  const source = folder('to-insert-at-root');
  mkdirSync(join(source, 'etc'), { recursive: true });
  chmodSync(source, 0o711);
  writeFileSync(join(source, 'etc/inserted'), 'at the root');
  umoci('insert', '--image', `${layout}:x`, source, '/');
  const image = await world.connection.images.pull(`oci:${layout}:x`, { name: 'inserted-root' });
  const [layer = ''] = image.layers;
  expect(readFileSync(join(layer, 'etc/inserted'), 'utf8')).toBe('at the root');
  expect(statSync(layer).mode & 0o777).toBe(0o711);
});

test('a tag that is moved while its image is pulled is that image all the same', async () => {
  const { images } = world.connection;
  const [first, second] = [layoutOf('first'), layoutOf('second')];
  const target = await world.registry.push(first, 'moving:1');
  let isMoved = false;
  const image = await images.pull(target, {
    ...{ tls: 'trust', name: 'moving' },
    onProgress({ allLayers }) {
      if (allLayers === 0 || isMoved) return;
      isMoved = true;
      copy('--dest-tls-verify=false', second, target);
    },
  });
  expectContent(image, 'first');
  const next = await images.pull(target, { tls: 'trust', name: 'moving' });
  expectContent(next, 'second');
  expect(next.digest).not.toBe(image.digest);
});

test('a layer that an image has twice is there twice, also when one of them was here before', async () => {
  const { images } = world.connection;
  const [base, other] = [[file('name', 'base')], [file('name', 'other')]];
  const push = async (tag: string, layers: (typeof base)[]): Promise<string> =>
    world.registry.push(makeLayout(folder(`twice-${tag}`), { layers }), `twice:${tag}`);
  await images.pull(await push('1', [base, other]), { tls: 'trust', name: 'once' });
  const source = await push('2', [base, other, base]);
  const { layers } = await images.pull(source, { tls: 'trust', name: 'twice' });
  expect(layers.map((layer) => readFileSync(join(layer, 'name'), 'utf8'))).toEqual([
    'base',
    'other',
    'base',
  ]);
});

test.each(['docker-archive', 'oci-archive', 'dir'])(
  'what skopeo writes as %s is read',
  async (transport) => {
    const { images } = world.connection;
    const made = makeLayout(folder(`for-${transport}`), { layers: [busyboxLayer()] });
    const copy = join(world.registry.folder, `my-${transport}`);
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', made, `${transport}:${copy}`]);
    const image = await images.pull(`${transport}:${copy}`);
    expect(image.name).toBe(`my-${transport}:latest`);
    expect(existsSync(join(image.layers[0] ?? '', 'bin/busybox'))).toBe(true);
  },
);

test('an archive’s own tag names its image, and one of another source that it replaces is told', async () => {
  const made = makeLayout(folder('for-tagged'), { layers: [[file('name', 'tagged')]] });
  const copy = join(world.registry.folder, 'tagged.tar');
  const archive = `docker-archive:${copy}`;
  execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', made, `${archive}:own/tag:7`]);
  const pull = (...words: readonly string[]) =>
    runCommand(['pull', '--progress', 'none', ...words], { root: world.root.path });
  expect(await pull(archive)).toMatchObject({ code: 0, stderr: '' });
  expect((await world.connection.images.list()).map(({ name }) => name)).toEqual(['own/tag:7']);
  expect(await pull(archive)).toMatchObject({ code: 0, stderr: '' });
  expect(await pull(made, 'own/tag:7')).toMatchObject({
    ...{ code: 0, stderr: `warning: 'own/tag:7' was the image of ${archive}: it is replaced\n` },
  });
});

test('an image that is pulled again under its name takes the place of the former one', async () => {
  const { images } = world.connection;
  const source = (text: string): string =>
    makeLayout(folder(`again-${text}`), { layers: [[file('name', text)]] });
  const former = await images.pull(source('one'), { name: 'again' });
  const next = await images.pull(source('two'), { name: 'again' });
  expect(await images.list()).toEqual([next]);
  expect(existsSync(former.layers[0] ?? '')).toBe(false);
});

test('one that is built from scratch of nothing is refused, in words that say so', async () => {
  const { images } = world.connection;
  const made = makeLayout(folder('scratch'), { layers: [], config: { Cmd: ['/hello'] } });
  await expect(images.pull(made)).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('the image has no layers') as string,
  });
  expect(await images.list()).toEqual([]);
});

test('a digest in the source is kept to', async () => {
  const { images } = world.connection;
  const made = makeLayout(folder('pinned'), { layers: [[file('name', 'pinned')]] });
  const target = await world.registry.push(made, 'pinned:1');
  const { digest } = await images.pull(target, { tls: 'trust', name: 'pinned' });
  const repository = target.replace(/:1$/, '');
  const again = await images.pull(`${repository}@${digest}`, { tls: 'trust', name: 'pinned' });
  expect(again.digest).toBe(digest);
  const other = digestOf('something else');
  await expect(images.pull(`${repository}@${other}`, { tls: 'trust' })).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
  });
});
