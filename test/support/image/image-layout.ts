/** OCI images that tests make themselves, as layouts in folders. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { archive, directory, file, symlink, type ArchiveEntry } from './tar-archive';

export interface LayoutOptions {
  /** From the bottom up; a buffer is an archive already. */
  readonly layers: readonly (readonly ArchiveEntry[] | Buffer)[];
  /** The part `config` of its configuration. */
  readonly config?: object;
  readonly tag?: string;
  /** Digests of the content in place of the true ones. */
  readonly diffIds?: readonly string[];
}

const kind = 'application/vnd.oci.image';

export const digestOf = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Makes the folder, or adds an image to it; resolves to its source: `oci:FOLDER:TAG`. */
export function makeLayout(folder: string, options: LayoutOptions): string {
  const { tag = 'latest', config = {} } = options;
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (content: Buffer | string, mediaType: string) => {
    const digest = digestOf(content);
    writeFileSync(join(blobs, digest.slice('sha256:'.length)), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  };
  const archives = options.layers.map((one) => (Buffer.isBuffer(one) ? one : archive(one)));
  const layers = archives.map((one) => put(gzipSync(one), `${kind}.layer.v1.tar+gzip`));
  const rootfs = { type: 'layers', diff_ids: options.diffIds ?? archives.map(digestOf) };
  const document = { architecture: 'amd64', os: 'linux', config, rootfs };
  const described = put(JSON.stringify(document), `${kind}.config.v1+json`);
  const manifest = {
    schemaVersion: 2,
    mediaType: `${kind}.manifest.v1+json`,
    config: described,
    layers,
  };
  const named = {
    ...put(JSON.stringify(manifest), `${kind}.manifest.v1+json`),
    annotations: { 'org.opencontainers.image.ref.name': tag },
  };
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [named] }),
  );
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return `oci:${folder}:${tag}`;
}

const applets =
  'sh cat echo env id ls pwd sleep stat kill true false wc head test mkdir rm touch chmod grep ip nc nslookup'.split(
    ' ',
  );

/** The layer that has busybox, and who is who. */
export function busyboxLayer(): ArchiveEntry[] {
  return [
    ...['bin', 'etc', 'tmp', 'srv', 'proc', 'sys', 'dev'].map((name) => directory(name)),
    file('bin/busybox', readFileSync('/usr/bin/busybox'), 0o755),
    ...applets.map((name) => symlink(`bin/${name}`, 'busybox')),
    file(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nalice:x:1234:2345:Alice:/srv/alice:/bin/sh\n',
    ),
    file('etc/group', 'root:x:0:\nalice:x:2345:\nstaff:x:50:alice\n'),
    { ...directory('srv/alice'), uid: 1234, gid: 2345 },
  ];
}
