/** What a source has, before anything of it is copied: the digest of the image, and its layers. */
import { existsSync } from 'node:fs';
import { parseConfiguration } from '../config';
import { nameOfRegistry, pinnedSource, type ImageSource } from '../reference';
import { chainsOf } from '../store/layer-store';
import { runTool } from '../tool';

export interface Looked {
  /** The source by digest, so that it always means this image. */
  readonly pinned: string;
  /** The digest of the image where it comes from. */
  readonly digest: string;
  /** From the bottom up, as they are in the source. */
  readonly layers: readonly SourceLayer[];
}

export interface SourceLayer {
  readonly mediaType: string;
  readonly digest: string;
  /** -1 when the source doesn't know it. */
  readonly size: number;
  /** Undefined when the source has no configuration that names it. */
  readonly chain: string | undefined;
}

export interface LookUp {
  readonly source: ImageSource;
  readonly tls: 'verify' | 'trust';
  readonly signal: AbortSignal | undefined;
  readonly temporary: string;
}

const step = 'look the image up';

/** @throws as `runTool`; TslxcError OPERATION_FAILED for a malformed configuration. */
export async function lookUpImage({ source, tls, signal, temporary }: LookUp): Promise<Looked> {
  const words = [...policyWords(), 'inspect', ...tlsWords('inspect', source, tls)];
  const inspect = async (...more: string[]): Promise<string> => {
    return await runTool({ program: 'skopeo', args: [...words, ...more], step, signal, temporary });
  };
  // Not the tags of the repository, of which there may be thousands.
  const found = JSON.parse(await inspect('--no-tags', source.text)) as {
    readonly Digest: string;
    readonly LayersData?: readonly { MIMEType: string; Digest: string; Size: number }[];
  };
  const layers = found.LayersData ?? [];
  const pinned = pinnedSource(source, found.Digest);
  const { diffIds } = parseConfiguration(await inspect('--config', '--raw', pinned));
  const chains = diffIds.length === layers.length ? chainsOf(diffIds) : [];
  return {
    pinned,
    digest: found.Digest,
    layers: layers.map((layer, at) => ({
      mediaType: layer.MIMEType,
      digest: layer.Digest,
      size: layer.Size,
      chain: chains[at],
    })),
  };
}

/**
 * What the image of an archive is called in it, as docker load would; undefined if it has no tag, or several.
 *
 * @throws as `runTool`.
 */
export async function nameInArchive({
  source,
  signal,
  temporary,
}: LookUp): Promise<string | undefined> {
  const args = [...policyWords(), 'list-tags', source.text];
  const said = await runTool({ program: 'skopeo', args, step, signal, temporary });
  const { Tags: tags = [] } = JSON.parse(said) as { readonly Tags?: readonly string[] };
  const [tag, ...others] = tags;
  // What has no tag is shown by its number, as @0.
  if (tag === undefined || others.length > 0 || tag.startsWith('@')) return undefined;
  return nameOfRegistry(tag);
}

/** skopeo refuses everything if no policy says which images may be copied. If there is a policy, it is respected. */
export function policyWords(): string[] {
  const home = process.env['HOME'] ?? '/root';
  const places = ['/etc/containers/policy.json', `${home}/.config/containers/policy.json`];
  return places.some((path) => existsSync(path)) ? [] : ['--insecure-policy'];
}

export function tlsWords(
  verb: 'inspect' | 'copy',
  { transport }: ImageSource,
  tls: 'verify' | 'trust',
): string[] {
  if (transport !== 'docker' || tls === 'verify') return [];
  return [verb === 'inspect' ? '--tls-verify=false' : '--src-tls-verify=false'];
}
