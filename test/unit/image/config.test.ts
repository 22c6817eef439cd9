/** lib/image/config.ts: what the documents of an image mean, and which are refused. */
import { parseConfiguration, parseIndex, parseManifest } from '../../../lib/image/config';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const part = (digit: string, more: object = {}) => ({
  ...{ mediaType: 'application/x', digest: digest(digit), size: 7 },
  ...more,
});
const index = (...manifests: readonly unknown[]): string => JSON.stringify({ manifests });
const manifest = (layers: unknown, config: unknown = part('c')): string =>
  JSON.stringify({ config, layers });
const configuration = (config: unknown, rootfs: unknown = { diff_ids: [digest('a')] }): string =>
  JSON.stringify({ architecture: 'arm64', created: '2026-01-02T03:04:05Z', config, rootfs });

/** The whole message is compared: a document that is refused for another reason fails the test. */
const refused = (document: string, why: string): object =>
  expect.objectContaining({
    code: 'OPERATION_FAILED',
    message: `operation failed: the image's ${document} is malformed: ${why}`,
  }) as object;

function refusalOf(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    return error;
  }
}

test('an index names one image, and a manifest its configuration and its layers', () => {
  const more = { annotations: { a: 'b' }, platform: {} };
  expect(parseIndex(index(part('b', more)))).toEqual(part('b'));
  expect(parseManifest(manifest([part('1'), part('2')]))).toEqual({
    config: part('c'),
    layers: [part('1'), part('2')],
  });
  // Docker's has none for some parts.
  expect(parseIndex(index({ digest: digest('b'), size: 0 }))).toEqual(
    part('b', { mediaType: '', size: 0 }),
  );
});

const noPart = 'a part of it has no digest of SHA-256 or no size';

describe('a digest is part of a path', () => {
  test.each([
    ['a way out of the blobs behind it', `${digest('b')}/../../../../etc/shadow`],
    ['a way out of the blobs in it', `sha256:${'../'.repeat(21)}b`],
    ['a digit more', `${digest('b')}b`],
    ['a digit less', digest('b').slice(0, -1)],
    ['a line behind it', `${digest('b')}\n`],
    ['words before it', `x${digest('b')}`],
    ['upper case', digest('B')],
    ['another algorithm', `sha512:${'b'.repeat(128)}`],
    ['none', ''],
    ['a list of one', [digest('b')]],
    ['nothing', undefined],
  ])('and one with %s is refused, wherever it stands', (_what, bad) => {
    const broken = part('b', { digest: bad });
    expect(refusalOf(() => parseIndex(index(broken)))).toEqual(refused('index', noPart));
    expect(refusalOf(() => parseManifest(manifest([], broken)))).toEqual(
      refused('manifest', noPart),
    );
    expect(refusalOf(() => parseManifest(manifest([part('1'), broken])))).toEqual(
      refused('manifest', noPart),
    );
    const rootfs = { diff_ids: [digest('a'), bad ?? null] };
    expect(refusalOf(() => parseConfiguration(configuration({}, rootfs)))).toEqual(
      refused('configuration', 'it has no digests of layers'),
    );
  });
});

test.each([[-1], [1.5], ['7'], [2 ** 53], [undefined]])('a size of %p is refused', (size) => {
  expect(refusalOf(() => parseIndex(index(part('b', { size }))))).toEqual(refused('index', noPart));
});

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a word', '"x"'],
])('a document that is %s is refused', (_what, text) => {
  const why = 'it is not a JSON object';
  expect(refusalOf(() => parseIndex(text))).toEqual(refused('index', why));
  expect(refusalOf(() => parseManifest(text))).toEqual(refused('manifest', why));
  expect(refusalOf(() => parseConfiguration(text))).toEqual(refused('configuration', why));
});

test('an index with none or with two images is refused', () => {
  const why = 'it does not name exactly one image';
  for (const text of [index(), index(part('a'), part('b')), '{}', '{"manifests":{"0":{}}}']) {
    expect(refusalOf(() => parseIndex(text))).toEqual(refused('index', why));
  }
});

test('a manifest has at most 127 layers, which is what an overlay takes', () => {
  const layers = Array.from({ length: 127 }, () => part('1'));
  expect(parseManifest(manifest(layers)).layers).toHaveLength(127);
  expect(refusalOf(() => parseManifest(manifest([...layers, part('1')])))).toEqual(
    refused('manifest', 'it has 128 layers, more than 127'),
  );
  // As Go writes a list that is empty.
  expect(parseManifest(manifest(null)).layers).toEqual([]);
  expect(parseConfiguration(configuration({}, { type: 'layers' })).diffIds).toEqual([]);
  expect(refusalOf(() => parseManifest(manifest(undefined)))).toEqual(
    refused('manifest', 'it has no layers'),
  );
});

test('a configuration says which program, as whom, where, and on which ports', () => {
  const config = {
    Entrypoint: ['sh', '-c'],
    Cmd: ['id'],
    Env: ['A=1', 'B='],
    User: 'alice:staff',
    WorkingDir: '/srv',
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
    Volumes: { '/z': {}, '/a': {} },
    StopSignal: 'SIGQUIT',
  };
  const rootfs = { diff_ids: [digest('a'), digest('b')] };
  expect(parseConfiguration(configuration(config, rootfs))).toEqual({
    architecture: 'arm64',
    created: '2026-01-02T03:04:05Z',
    diffIds: [digest('a'), digest('b')],
    config: {
      entrypoint: ['sh', '-c'],
      cmd: ['id'],
      env: ['A=1', 'B='],
      user: 'alice:staff',
      workingDirectory: '/srv',
      ports: ['53/udp', '80/tcp'],
      volumes: ['/a', '/z'],
      stopSignal: 'SIGQUIT',
    },
  });
});

const nothing = {
  ...{ entrypoint: [], cmd: [], env: [], user: '', workingDirectory: '/', ports: [], volumes: [] },
};

test.each([
  ['is missing', undefined],
  ['is null', null],
  ['is empty', {}],
  ['has nulls', { Entrypoint: null, Cmd: null, Env: null, User: null, WorkingDir: null }],
  ['has empty texts', { User: '', WorkingDir: '', StopSignal: '' }],
])('a config that %s says nothing', (_what, config) => {
  const parsed = parseConfiguration(configuration(config));
  expect(parsed.config).toEqual(nothing);
  expect(parsed.config).not.toHaveProperty('stopSignal');
});

test.each([
  ['Entrypoint', 'sh', 'a list of strings'],
  ['Cmd', ['sh', 1], 'a list of strings'],
  ['Env', { A: '1' }, 'a list of strings'],
  ['User', 0, 'a string'],
  ['WorkingDir', ['/'], 'a string'],
  ['ExposedPorts', ['80/tcp'], 'an object'],
  ['Volumes', '/data', 'an object'],
])('%s may not be %j', (name, value, kind) => {
  expect(refusalOf(() => parseConfiguration(configuration({ [name]: value })))).toEqual(
    refused('configuration', `${name} is not ${kind}`),
  );
});

test('of a configuration without words about its making nothing is said', () => {
  const parsed = parseConfiguration(JSON.stringify({ rootfs: { diff_ids: [] } }));
  expect(parsed).toEqual({ architecture: '', diffIds: [], config: nothing });
});
