/** The tags that a source has. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { nameOfRegistry } from '../reference';
import { nearest } from '../../suggestion';
import { runTool } from '../tool';
import { policyWords, tlsWords, type LookUp } from './skopeo-words';

/** How many are named at most. */
const most = 10;

/** How much of an index is read, in bytes. */
const longestIndex = 1024 ** 2;

/** In skopeo's words, of a registry, an OCI layout and an archive. */
const unknownTag = /manifest unknown|no descriptor found for reference|Tag .* not found/;

/** What to say besides why skopeo has failed: which tags there are, if there is no such tag and the source can tell others. */
export async function otherTags(why: string, asked: LookUp): Promise<string> {
  const tags = unknownTag.test(why) ? await tagsOf(asked).catch(() => []) : [];
  if (tags.length === 0) return '';
  const { text } = asked.source;
  const meant = nearest(text.slice(text.lastIndexOf(':') + 1), tags);
  const ordered = meant === undefined ? tags : [...new Set([meant, ...tags])];
  const more = ordered.length > most ? `, and ${ordered.length - most} more` : '';
  return `; there are the tags ${ordered.slice(0, most).join(', ')}${more}`;
}

/**
 * What the image of an archive is called in it, as docker load would; undefined if it has no tag, or several.
 *
 * @throws as `runTool`.
 */
export async function nameInArchive(asked: LookUp): Promise<string | undefined> {
  const [tag, ...others] = await listed(asked, asked.source.text);
  // What has no tag is shown by its number, as @0.
  if (tag === undefined || others.length > 0 || tag.startsWith('@')) return undefined;
  return nameOfRegistry(tag);
}

/** Those of the repository, the archive or the layout; none if it can't be asked for them. */
async function tagsOf(asked: LookUp): Promise<readonly string[]> {
  const { text, transport } = asked.source;
  switch (transport) {
    case 'docker':
      return await listed(asked, text.replace(/:[^/:]*$/, ''));
    case 'docker-archive':
      return await listed(asked, text.split(':').slice(0, 2).join(':'));
    case 'oci':
      return await tagsInLayout(text.split(':')[1] ?? '', asked.signal);
    case 'oci-archive':
    case 'dir':
      return [];
  }
}

/** @throws as `runTool`. */
async function listed(
  { source, tls, signal, temporary }: LookUp,
  from: string,
): Promise<readonly string[]> {
  const args = [...policyWords(), 'list-tags', ...tlsWords('list-tags', source, tls), from];
  const step = 'list the tags of an image';
  const said = await runTool({ program: 'skopeo', args, step, signal, temporary });
  const { Tags: tags = [] } = JSON.parse(said) as { readonly Tags?: readonly string[] };
  return tags;
}

async function tagsInLayout(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const options = { end: longestIndex - 1, ...(signal === undefined ? {} : { signal }) };
  const index = createReadStream(join(folder, 'index.json'), options);
  const { manifests = [] } = JSON.parse(await textOf(index)) as {
    readonly manifests?: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
  };
  return manifests.flatMap(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] ?? [],
  );
}
