/** Archives as `docker save` writes them, with Docker's own configuration, of which OCI's has only a part. */
import { writeFileSync } from 'node:fs';
import { digestOf, type LayoutOptions } from './image-layout';
import { archive, file } from './tar-archive';

/** Makes the file; its source is `docker-archive:FILE`. */
export function makeDockerArchive(
  path: string,
  { layers, config = {}, tag = 'latest' }: Omit<LayoutOptions, 'diffIds'>,
): string {
  const archives = layers.map((one) => (Buffer.isBuffer(one) ? one : archive(one)));
  const rootfs = { type: 'layers', diff_ids: archives.map(digestOf) };
  const document = JSON.stringify({ architecture: 'amd64', os: 'linux', config, rootfs });
  const named = `${digestOf(document).slice('sha256:'.length)}.json`;
  const names = archives.map((_one, at) => `${at}/layer.tar`);
  const manifest = [{ Config: named, RepoTags: [`saved:${tag}`], Layers: names }];
  writeFileSync(
    path,
    archive([
      ...archives.map((one, at) => file(names[at] ?? '', one)),
      file(named, document),
      file('manifest.json', JSON.stringify(manifest)),
    ]),
  );
  return `docker-archive:${path}`;
}
