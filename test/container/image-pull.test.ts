/** Images get to this host: from a registry, and from what Docker and OCI keep in files. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { PullProgress } from 'tslxc';
import { busyboxLayer, makeLayout } from '../support/image/image-layout';
import { Registry } from '../support/image/registry';
import { directory, file, hardLink, opaque, symlink, whiteout } from '../support/image/tar-archive';
import { withoutProgram } from '../support/fake/hidden-program';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

const world = containerTest(
  async (keep) => {
    const registry = keep(await Registry.serve());
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { registry, root, connection };
  },
  { per: 'file' },
);

const layout = (name: string): string => join(world.registry.folder, name);
const store = (...path: string[]): string => join(world.root.path, 'var/lib/tslxc/images', ...path);

/** What users of an image notice of how it is unpacked. */
const manyKinds = [
  [
    directory('bin'),
    { ...file('bin/su', 'x', 0o4755), uid: 0 },
    { ...file('bin/mail', 'y', 0o2755), gid: 8 },
    hardLink('bin/su-too', 'bin/su'),
    symlink('sbin', 'bin'),
    { name: 'bin/null', type: '3', mode: 0o666, device: [1, 3] as const },
    { name: 'bin/pipe', type: '6' },
    { ...file('bin/noted', 'z'), attributes: { 'user.note': 'hello' } },
    { ...directory('home', 0o1777), uid: 5, gid: 6 },
    directory('data'),
    file('data/kept', '1'),
    file('data/gone', '2'),
    directory('data/cleared'),
    file('data/cleared/old', '3'),
  ],
  [
    directory('data'),
    whiteout('data/gone'),
    directory('data/cleared'),
    opaque('data/cleared'),
    file('data/cleared/new', '4'),
    hardLink('linked', 'bin/mail'),
    file('sbin/beyond-a-link', '5'),
  ],
];

test('an image of a registry is pulled, listed and removed', async () => {
  const config = { Entrypoint: ['sh'], Env: ['A=1'], ExposedPorts: { '80/tcp': {} } };
  const made = makeLayout(layout('one'), { layers: [busyboxLayer()], config });
  const source = await world.registry.push(made, 'shop/busybox:1.0');
  const told: PullProgress[] = [];
  const { images } = world.connection;
  const image = await images.pull(source, { tls: 'trust', onProgress: (one) => told.push(one) });
  const name = `${world.registry.address}/shop/busybox:1.0`;
  expect(image).toMatchObject({ name, source, architecture: 'amd64' });
  expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(image.config).toMatchObject({ entrypoint: ['sh'], env: ['A=1'], ports: ['80/tcp'] });
  expect(image.bytes).toBeGreaterThan(statSync('/usr/bin/busybox').size);
  expect(await images.list()).toEqual([image]);
  expect(await images.lookup(name)).toEqual(image);
  expect(told.at(0)).toEqual({ phase: 'look', layers: 0, allLayers: 0, bytes: 0, allBytes: 0 });
  expect(told.at(-1)).toMatchObject({ phase: 'done', layers: 1, allLayers: 1 });
  expect(told.at(-1)?.bytes).toBe(told.at(-1)?.allBytes);
  expect(told.at(-1)?.bytes).toBeGreaterThan(100_000);
  const [layer = ''] = image.layers;
  // Jest would compare millions of numbers.
  const busybox = readFileSync('/usr/bin/busybox');
  expect(readFileSync(join(layer, 'bin/busybox')).equals(busybox)).toBe(true);
  expect(lstatSync(join(layer, 'srv/alice')).uid).toBe(1234);
  expect(statSync(store()).mode & 0o777).toBe(0o700);
  expect(readdirSync(store('drafts'))).toEqual([]);
  await images.remove(name);
  expect(await images.list()).toEqual([]);
  expect(readdirSync(store('layers'))).toEqual([]);
  await expect(images.lookup(name)).rejects.toMatchObject({ code: 'NO_IMAGE' });
});

test('what is special about files is kept, and what a layer removes is hidden', async () => {
  const { images } = world.connection;
  const source = makeLayout(layout('many'), { layers: manyKinds });
  const image = await images.pull(source, { name: 'many' });
  expect(image.name).toBe('many:latest');
  const [upper = '', lower = ''] = image.layers;
  const mode = (path: string): number => lstatSync(path).mode & 0o7777;
  expect(mode(join(lower, 'bin/su'))).toBe(0o4755);
  expect(mode(join(lower, 'bin/mail'))).toBe(0o2755);
  expect(lstatSync(join(lower, 'bin/mail')).gid).toBe(8);
  expect(lstatSync(join(lower, 'bin/su-too')).ino).toBe(lstatSync(join(lower, 'bin/su')).ino);
  expect(lstatSync(join(lower, 'bin/null')).rdev).toBe(0x103);
  expect(lstatSync(join(lower, 'bin/pipe')).isFIFO()).toBe(true);
  expect([mode(join(lower, 'home')), lstatSync(join(lower, 'home')).uid]).toEqual([0o1777, 5]);
  const note = ['--absolute-names', '--only-values', '--name=user.note', join(lower, 'bin/noted')];
  expect(execFileSync('getfattr', note, { encoding: 'utf8' })).toBe('hello');
  // Whiteouts of overlayfs.
  expect(lstatSync(join(upper, 'data/gone')).rdev).toBe(0);
  expect(existsSync(join(upper, 'data/kept'))).toBe(false);
  expect(readFileSync(join(upper, 'data/cleared/new'), 'utf8')).toBe('4');
  // A link to what lies in the layer below, and a way through one.
  expect(readFileSync(join(upper, 'linked'), 'utf8')).toBe('y');
  expect(readFileSync(join(upper, 'bin/beyond-a-link'), 'utf8')).toBe('5');
  await images.remove('many');
});

test('the root has the owner and mode that the uppermost layer gives it which says any', async () => {
  const { images } = world.connection;
  const closed = { ...directory('./', 0o2750), uid: 7, gid: 9 };
  const layers = [
    [file('a', '1')],
    [closed, file('b', '2')],
    [file('c', '3')],
    [directory('./', 0o711), file('d', '4')],
  ];
  const image = await images.pull(makeLayout(layout('roots'), { layers }), { name: 'roots' });
  const owned = [...image.layers].reverse().map((root) => {
    const { mode, uid, gid } = statSync(root);
    return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
  });
  expect(owned).toEqual(['755 0:0', '2750 7:9', '2750 7:9', '711 0:0']);
  await images.remove('roots');
});

test('layers that images have in common are there once', async () => {
  const { images } = world.connection;
  const base = busyboxLayer();
  const one = makeLayout(layout('a'), { layers: [base, [file('etc/name', 'one')]] });
  const two = makeLayout(layout('b'), { layers: [base, [file('etc/name', 'two')]] });
  const first = await images.pull(await world.registry.push(one, 'a:1'), {
    tls: 'trust',
    name: 'a',
  });
  const told: PullProgress[] = [];
  const second = await images.pull(await world.registry.push(two, 'b:1'), {
    ...{ tls: 'trust', name: 'b' },
    onProgress: (progress) => told.push(progress),
  });
  expect(second.layers[1]).toBe(first.layers[1]);
  expect(second.layers[0]).not.toBe(first.layers[0]);
  expect(readdirSync(store('layers'))).toHaveLength(3);
  // The layer that is here has not been copied again.
  expect(told.at(-1)?.allBytes).toBeLessThan(1000);
  await images.remove('a');
  expect(readdirSync(store('layers'))).toHaveLength(2);
  expect(existsSync(join(second.layers[1] ?? '', 'bin/busybox'))).toBe(true);
  await images.remove('b');
  expect(readdirSync(store('layers'))).toEqual([]);
});

test('what is no source, no name and no image is refused with the reason', async () => {
  const { images } = world.connection;
  const refused = async (source: string, options = {}): Promise<string> =>
    images.pull(source, options).then(
      () => 'pulled',
      (error: unknown) => {
        const { code, message } = error as Error & { code?: string };
        return `${code}: ${message}`;
      },
    );
  expect(await refused('busybox')).toMatch(/^INVALID_ARG: .*docker:\/\/NAME:TAG/);
  expect(await refused('oci:/tmp/x', { name: 'Big Name' })).toMatch(/^INVALID_ARG: .*'Big Name/);
  expect(await refused('oci:/nowhere:x')).toMatch(
    /^OPERATION_FAILED: .*skopeo: .*look the image up/,
  );
  expect(await refused(`docker://${world.registry.address}/none:1`, { tls: 'trust' })).toMatch(
    /^OPERATION_FAILED: .*skopeo: .*manifest unknown/,
  );
  expect(await refused('oci:/tmp/x', { mostBytes: 0 })).toMatch(/^INVALID_ARG: .*mostBytes/);
  expect(await images.list()).toEqual([]);
  expect(readdirSync(store('drafts'))).toEqual([]);
});

test('a tag that is not there is answered with those that are', async () => {
  const { connection, registry } = world;
  const made = makeLayout(layout('tagged'), { layers: [busyboxLayer()], tag: '1.36' });
  const pushed = await registry.push(made, 'shop/tagged:1.36');
  await registry.push(made, 'shop/tagged:stable');
  const archive = join(registry.folder, 'tagged.tar');
  execFileSync('skopeo', [
    '--insecure-policy',
    'copy',
    '-q',
    made,
    `docker-archive:${archive}:tagged:1.36`,
  ]);
  for (const [source, said] of [
    [pushed.replace(/1.36$/, '1.35'), 'manifest unknown; there are the tags 1.36, stable'],
    [made.replace(/1.36$/, 'stabel'), 'no descriptor found .*; there are the tags 1.36'],
    [
      `docker-archive:${archive}:tagged:2`,
      'not found; there are the tags docker.io/library/tagged:1.36',
    ],
  ] as const) {
    await expect(connection.images.pull(source, { tls: 'trust' })).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringMatching(
        `^operation failed: skopeo: .*${said} \\(look the image up\\)$`,
      ) as string,
    });
  }
});

test.each(['skopeo', 'umoci'])('without %s the Debian package is named', (program) => {
  const said = withoutProgram(
    program,
    `const { pullImage } = load('image/pull/pull');
     const { statePaths } = load('host/state/state-paths');
     return await pullImage(statePaths('/mnt/none'), 'oci:/none:x', {}).catch(({ code, message }) => [code, message]);`,
  );
  expect(said).toEqual([
    'OPERATION_UNSUPPORTED',
    `Operation not supported: there is no ${program} on this machine: install the Debian package ${program} (pull an image)`,
  ]);
});

test('an abort leaves nothing', async () => {
  const { images } = world.connection;
  const source = makeLayout(layout('aborted'), { layers: [busyboxLayer()] });
  for (const phase of ['look', 'download', 'unpack'] as const) {
    const abort = new AbortController();
    const onProgress = (progress: PullProgress): void => {
      if (progress.phase === phase) abort.abort();
    };
    const pulled = images.pull(source, { name: 'aborted', signal: abort.signal, onProgress });
    await expect(pulled).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
    expect([readdirSync(store('drafts')), await images.list()]).toEqual([[], []]);
  }
});
