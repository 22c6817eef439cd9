/** lib/image/pull/look-up.ts: what skopeo is asked before anything is copied, and what is made of its answers. */
import { lookUpImage } from '../../../../lib/image/pull/look-up';
import { policyWords, tlsWords } from '../../../../lib/image/pull/skopeo-words';
import { nameInArchive, otherTags } from '../../../../lib/image/pull/tags';
import { parseSource } from '../../../../lib/image/reference';
import { chainsOf } from '../../../../lib/image/store/layer-store';
import { FakeSkopeo } from '../../../support/fake/fake-skopeo';
import { digestOf, makeLayout } from '../../../support/image/image-layout';
import { archive, file } from '../../../support/image/tar-archive';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

let mockSkopeo: FakeSkopeo;
let mockPolicy: string | undefined;

jest.mock('../../../../lib/image/tool', () => ({
  runTool: (call: Parameters<FakeSkopeo['run']>[0]) => mockSkopeo.run(call),
}));
jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  return {
    ...real,
    existsSync: (path: string) =>
      path.endsWith('containers/policy.json') ? path === mockPolicy : real.existsSync(path),
  };
});

removeScratchAfterEach();

const layers = [[file('a', '1')], [file('b', '2')]];
const diffIds = layers.map((one) => digestOf(archive(one)));

beforeEach(() => {
  mockPolicy = '/etc/containers/policy.json';
  const folder = scratchDirectory();
  makeLayout(folder, { layers });
  mockSkopeo = new FakeSkopeo(folder);
});

const look = (text: string, tls: 'verify' | 'trust' = 'verify') =>
  lookUpImage({ source: parseSource(text), tls, signal: undefined, temporary: '/tmp' });

test('the image is pinned by its digest, and each layer is named after all that it lies on', async () => {
  const { digest } = mockSkopeo.index();
  const parts = mockSkopeo.manifest().layers;
  await expect(look('docker://shop:5000/web:1')).resolves.toEqual({
    pinned: `docker://shop:5000/web@${digest}`,
    digest,
    layers: chainsOf(diffIds).map((chain, at) => ({ ...parts[at], chain })),
  });
  // The configuration is that of the pinned image, also if the tag is moved meanwhile.
  expect(mockSkopeo.calls).toEqual([
    ['inspect', '--no-tags', 'docker://shop:5000/web:1'],
    ['inspect', '--config', '--raw', `docker://shop:5000/web@${digest}`],
  ]);
});

test.each<[string, string[], string | undefined]>([
  ['the only tag', ['docker.io/library/web:3'], 'web:3'],
  ['none of several tags', ['docker.io/library/web:3', 'docker.io/library/web:4'], undefined],
  ['no number of an image without a tag', ['@0'], undefined],
])('an archive gives its image a name by %s', async (_, tags, name) => {
  mockSkopeo.said = { tags };
  const source = parseSource('docker-archive:/x.tar');
  const looking = { source, tls: 'verify', signal: undefined, temporary: '/tmp' } as const;
  expect(await nameInArchive(looking)).toBe(name);
  expect(mockSkopeo.calls).toEqual([['list-tags', 'docker-archive:/x.tar']]);
});

test('of many tags ten are named, the one that is meant first, and none for another failure', async () => {
  const tags = Array.from({ length: 14 }, (_, index) => `${index}.0`);
  mockSkopeo.said = { tags: [...tags, 'stable'] };
  const source = parseSource('docker://127.0.0.1:5000/web:stabel');
  const asked = { source, tls: 'trust', signal: undefined, temporary: '/tmp' } as const;
  expect(await otherTags('reading manifest stabel: manifest unknown', asked)).toBe(
    `; there are the tags stable, ${tags.slice(0, 9).join(', ')}, and 5 more`,
  );
  const repository = 'docker://127.0.0.1:5000/web';
  expect(mockSkopeo.calls).toEqual([['list-tags', '--tls-verify=false', repository]]);
  expect(await otherTags('connection refused', asked)).toBe('');
  expect(mockSkopeo.calls).toHaveLength(1);
});

test('what can’t be asked for its tags has none to name', async () => {
  for (const text of ['oci:/nowhere:x', 'oci-archive:/x.tar:y', 'dir:/x']) {
    const source = parseSource(text);
    const asked = { source, tls: 'verify', signal: undefined, temporary: '/tmp' } as const;
    expect(await otherTags('no descriptor found for reference "x"', asked)).toBe('');
  }
  expect(mockSkopeo.calls).toEqual([]);
});

test('layers that the configuration does not count have no chain, and are copied', async () => {
  mockSkopeo.said = { configuration: JSON.stringify({ rootfs: { diff_ids: [diffIds[0]] } }) };
  const { layers: found } = await look('oci:/x:1');
  expect(found.map(({ chain }) => chain)).toEqual([undefined, undefined]);
});

test('a configuration that is none is refused', async () => {
  mockSkopeo.said = { configuration: '[]' };
  await expect(look('oci:/x:1')).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
});

test('an unverified registry is asked for, and nothing else is', async () => {
  await look('docker://shop/web:1', 'trust');
  expect(mockSkopeo.calls.map(([, second]) => second)).toEqual([
    '--tls-verify=false',
    '--tls-verify=false',
  ]);
  const source = parseSource('docker://shop/web:1');
  expect(tlsWords('copy', source, 'trust')).toEqual(['--src-tls-verify=false']);
  expect(tlsWords('copy', source, 'verify')).toEqual([]);
  expect(tlsWords('inspect', parseSource('dir:/x'), 'trust')).toEqual([]);
});

test('a policy of the host or of the user holds; where there is none, everything may be copied', async () => {
  expect(policyWords()).toEqual([]);
  mockPolicy = `${process.env['HOME'] ?? '/root'}/.config/containers/policy.json`;
  expect(policyWords()).toEqual([]);
  mockPolicy = undefined;
  expect(policyWords()).toEqual(['--insecure-policy']);
  await look('oci:/x:1');
  expect(mockSkopeo.calls.map(([first]) => first)).toEqual([
    '--insecure-policy',
    '--insecure-policy',
  ]);
});
