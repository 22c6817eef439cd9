/** What a pull is asked for, what an image is called, and what its documents say. */
import { parseConfiguration, parseIndex, parseManifest } from '../../../lib/image/config';
import {
  checkedName,
  howToPull,
  parseSource,
  pinnedSource,
  stemOf,
  storedNames,
} from '../../../lib/image/reference';

test.each([
  ['docker://busybox', 'busybox:latest'],
  ['docker://docker.io/library/debian:trixie', 'debian:trixie'],
  ['docker://quay.io/some/thing:v1.2', 'quay.io/some/thing:v1.2'],
  ['docker://127.0.0.1:5000/shop/web', '127.0.0.1:5000/shop/web:latest'],
  [`docker://web@sha256:${'0'.repeat(64)}`, 'web:latest'],
  ['oci:/srv/My Layout:v2', 'my-layout:v2'],
  ['oci:layout', 'layout:latest'],
  ['oci-archive:/tmp/web.tar', 'web:latest'],
  ['oci-archive:/tmp/web.tar:v2', 'web:v2'],
  ['docker-archive:/tmp/web.tar', 'web:latest'],
  ['docker-archive:/tmp/web.tar:docker.io/library/web:3', 'web:3'],
  ['dir:/srv/image/', 'image:latest'],
])('%s is called %s', (source, name) => {
  const { defaultName } = parseSource(source);
  expect(checkedName(defaultName)).toBe(name);
});

test.each(['', 'busybox', 'docker:busybox', 'docker://', 'oci:', 'ftp://x', 'docker://a b'])(
  "'%s' is no source",
  (source) => {
    expect(() => parseSource(source)).toThrow('is not an image source');
  },
);

test.each([
  ['nginx', 'docker://docker.io/library/nginx'],
  ['grafana/grafana:11', 'docker://docker.io/grafana/grafana:11'],
  ['quay.io/some/thing', 'docker://quay.io/some/thing'],
  ['localhost/web', 'docker://localhost/web'],
])("'%s' is answered with %s, which is likely meant", (text, meant) => {
  expect(() => parseSource(text)).toThrow(`did you mean '${meant}'?`);
});

test.each([
  ['https://example.org/web.tar', 'what a web address has is to be downloaded first'],
  ['docker-daemon:web:1', 'skopeo copy docker-daemon:web:1 oci-archive:FILE makes one of it'],
  [
    './web.tar',
    'of a file, it is docker-archive:./web.tar if docker save wrote it, oci-archive:./web.tar if skopeo or podman did',
  ],
  ['/srv/web.tgz', 'of a file, it is docker-archive:/srv/web.tgz'],
])("'%s' is no source, and the forms of one and the way there are said", (text, advice) => {
  const forms =
    'docker://NAME:TAG, oci:DIRECTORY:TAG, oci-archive:FILE, docker-archive:FILE or dir:DIRECTORY';
  expect(() => parseSource(text)).toThrow(`'${text}' is not an image source: ${forms}; ${advice}`);
});

test('what has a scheme and nothing behind it suggests nothing', () => {
  expect(() => parseSource('docker://')).toThrow(/or dir:DIRECTORY$/);
});

test.each([
  ['oci-archive:/tmp/Web.tar', 'pull it first, as by tslxc pull oci-archive:/tmp/Web.tar'],
  ['oci:/srv/layout', 'pull it first, as by tslxc pull oci:/srv/layout'],
  [
    'containers-storage:web',
    'pull it first: skopeo copy containers-storage:web oci-archive:FILE, and then tslxc pull oci-archive:FILE',
  ],
  [
    'https://example.org/web.tar',
    'what a web address has is to be downloaded first, and then pulled: docker-archive:FILE if docker save wrote it, oci-archive:FILE if skopeo or podman did',
  ],
  [
    'web.tar',
    'pull it first, as by tslxc pull docker-archive:web.tar if docker save wrote it, oci-archive:web.tar if skopeo or podman did',
  ],
  ['docker://busybox', 'pull it first, as by tslxc pull docker://busybox'],
  ['oci:1.36', 'pull it first, as by tslxc pull docker://docker.io/library/oci:1.36'],
])("'%s' is no image here, and the way to one is said", (text, advice) => {
  expect(howToPull(text)).toBe(advice);
});

test.each([
  ['nginx', ['nginx:latest']],
  ['docker.io/library/nginx:1', ['docker.io/library/nginx:1', 'nginx:1']],
  ['docker://docker.io/grafana/grafana', 'grafana/grafana:latest'],
  ['docker://quay.io/a/b:1', 'quay.io/a/b:1'],
])("'%s' is the image of Docker Hub that is stored without its registry", (text, names) => {
  const found = storedNames(text);
  if (typeof names === 'string') expect(found.at(-1)).toBe(names);
  else expect(found).toEqual(names);
});

test.each([
  '',
  'A',
  'a b',
  '../a',
  '/a',
  'a:',
  'a:b c',
  '-a',
  'a'.repeat(300),
  'a/'.repeat(90) + 'a',
  "a'b",
])("'%s' is no name", (name) => {
  expect(() => checkedName(name)).toThrow("can't be the name of an image");
});

test.each([
  ['docker://quay.io/some/thing:v1.2', 'docker://quay.io/some/thing@d'],
  ['docker://127.0.0.1:5000/shop/web', 'docker://127.0.0.1:5000/shop/web@d'],
  ['docker://busybox', 'docker://busybox@d'],
  ['docker://web@sha256:0', 'docker://web@sha256:0'],
  ['oci:layout:v2', 'oci:layout:v2'],
])('%s stays the same image as %s', (source, pinned) => {
  expect(pinnedSource(parseSource(source), 'd')).toBe(pinned);
});

test('a domain is called as the last part of the name', () => {
  expect(stemOf('127.0.0.1:5000/shop/web:v1')).toBe('web');
});

const digest = `sha256:${'ab'.repeat(32)}`;
const descriptor = { mediaType: 'm', digest, size: 3 };

test('documents are read', () => {
  expect(parseIndex(JSON.stringify({ manifests: [descriptor] }))).toEqual(descriptor);
  const manifest = { config: descriptor, layers: [descriptor] };
  expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
  const rootfs = { type: 'layers', diff_ids: [digest] };
  const config = { Cmd: ['a'], StopSignal: 'SIGQUIT', Volumes: { '/data': {} }, User: 'alice' };
  expect(parseConfiguration(JSON.stringify({ architecture: 'amd64', rootfs, config }))).toEqual({
    architecture: 'amd64',
    diffIds: [digest],
    config: {
      entrypoint: [],
      cmd: ['a'],
      env: [],
      user: 'alice',
      workingDirectory: '/',
      ports: [],
      volumes: ['/data'],
      stopSignal: 'SIGQUIT',
    },
  });
});

test.each<[string, () => unknown]>([
  ['no JSON', () => parseIndex('{')],
  ['two images', () => parseIndex(JSON.stringify({ manifests: [descriptor, descriptor] }))],
  ['a digest of another kind', () => parseIndex('{"manifests":[{"digest":"md5:1","size":1}]}')],
  ['a path as a digest', () => parseIndex('{"manifests":[{"digest":"sha256:../x","size":1}]}')],
  [
    'a size below 0',
    () => parseIndex(JSON.stringify({ manifests: [{ ...descriptor, size: -1 }] })),
  ],
  ['no layers', () => parseManifest(JSON.stringify({ config: descriptor }))],
  [
    '128 layers',
    () =>
      parseManifest(
        JSON.stringify({
          config: descriptor,
          layers: Array.from({ length: 128 }, () => descriptor),
        }),
      ),
  ],
  ['no digests', () => parseConfiguration('{"rootfs":{"diff_ids":"none"}}')],
  ['a number as a word', () => parseConfiguration(configuration({ Cmd: [1] }))],
  ['a list as a user', () => parseConfiguration(configuration({ User: [] }))],
  ['a list of ports', () => parseConfiguration(configuration({ ExposedPorts: ['80/tcp'] }))],
])('a document with %s is refused', (_what, parse) => {
  expect(parse).toThrow(/^operation failed: the image's \w+ is malformed: /);
});

function configuration(config: object): string {
  return JSON.stringify({ rootfs: { diff_ids: [digest] }, config });
}
