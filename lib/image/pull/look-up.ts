/** What a source has, before anything of it is copied: the digest of the image, and its layers. */
import { parseConfiguration } from '../config';
import { pinnedSource } from '../reference';
import type { ImageConfig } from '../types';
import { chainsOf } from '../store/layer-store';
import { runTool } from '../tool';
import { policyWords, tlsWords, type LookUp } from './skopeo-words';
import { otherTags } from './tags';

export interface Looked {
  /** The source by digest, so that it always means this image. */
  readonly pinned: string;
  /** The digest of the image where it comes from. */
  readonly digest: string;
  /** From the bottom up, as they are in the source. */
  readonly layers: readonly SourceLayer[];
  /** skopeo leaves it out where it copies Docker's configuration into OCI's format. */
  readonly health: ImageConfig['health'];
}

export interface SourceLayer {
  readonly mediaType: string;
  readonly digest: string;
  /** -1 when the source doesn't know it. */
  readonly size: number;
  /** Undefined when the source has no configuration that names it. */
  readonly chain: string | undefined;
}

const step = 'look the image up';

/** @throws as `runTool`; TslxcError OPERATION_FAILED for a malformed configuration. */
export async function lookUpImage(asked: LookUp): Promise<Looked> {
  const { source, tls, signal, temporary } = asked;
  const words = [...policyWords(), 'inspect', ...tlsWords('inspect', source, tls)];
  const looking = { program: 'skopeo', step, signal, temporary } as const;
  const inspect = (...more: string[]): Promise<string> =>
    runTool({ ...looking, args: [...words, ...more], hintFor: (why) => otherTags(why, asked) });
  // Not the tags of the repository, of which there may be thousands.
  const found = JSON.parse(await inspect('--no-tags', source.text)) as {
    readonly Digest: string;
    readonly LayersData?: readonly { MIMEType: string; Digest: string; Size: number }[];
  };
  const layers = found.LayersData ?? [];
  const pinned = pinnedSource(source, found.Digest);
  const { diffIds, config } = parseConfiguration(await inspect('--config', '--raw', pinned));
  const chains = diffIds.length === layers.length ? chainsOf(diffIds) : [];
  return {
    pinned,
    digest: found.Digest,
    health: config.health,
    layers: layers.map((layer, at) => ({
      mediaType: layer.MIMEType,
      digest: layer.Digest,
      size: layer.Size,
      chain: chains[at],
    })),
  };
}
