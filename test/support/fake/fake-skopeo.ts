/** What skopeo says and copies of an image, without its checks: for the tests of what tslxc itself looks at. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolCall } from '../../../lib/image/tool';

interface Part {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export class FakeSkopeo {
  /** The arguments of each call. */
  readonly calls: (readonly string[])[] = [];
  /** In place of what the image has. */
  said: {
    readonly configuration?: string;
    readonly mediaType?: string;
    readonly tags?: readonly string[];
  } = {};
  readonly #layout: string;

  /** `layout`: a folder of `makeLayout`. */
  constructor(layout: string) {
    this.#layout = layout;
  }

  readonly run = (call: ToolCall): Promise<string> => {
    this.calls.push(call.args);
    if (call.program !== 'skopeo') throw new Error(`${call.program} is not skopeo`);
    if (call.args.includes('list-tags')) {
      return Promise.resolve(JSON.stringify({ Tags: this.said.tags ?? [] }));
    }
    if (call.args.includes('copy')) return Promise.resolve(this.#copy(call.args));
    return Promise.resolve(call.args.includes('--config') ? this.#config() : this.#inspect());
  };

  blob(digest: string): string {
    return join(this.#layout, 'blobs/sha256', digest.slice('sha256:'.length));
  }

  index(): Part {
    const text = readFileSync(join(this.#layout, 'index.json'), 'utf8');
    return (JSON.parse(text) as { manifests: [Part] }).manifests[0];
  }

  manifest(): { readonly config: Part; readonly layers: readonly Part[] } {
    const text = readFileSync(this.blob(this.index().digest), 'utf8');
    return JSON.parse(text) as { config: Part; layers: Part[] };
  }

  #inspect(): string {
    const LayersData = this.manifest().layers.map(({ mediaType, digest, size }) => ({
      ...{ MIMEType: this.said.mediaType ?? mediaType, Digest: digest, Size: size },
    }));
    return JSON.stringify({ Digest: this.index().digest, LayersData });
  }

  #config(): string {
    return (
      this.said.configuration ?? readFileSync(this.blob(this.manifest().config.digest), 'utf8')
    );
  }

  /** A layer of which a file of its size is there is not copied, as skopeo does. */
  #copy(args: readonly string[]): string {
    const target = join(args[args.indexOf('--dest-shared-blob-dir') + 1] ?? '', 'sha256');
    const blobs = join(this.#layout, 'blobs/sha256');
    for (const name of readdirSync(blobs)) {
      const to = join(target, name);
      if (existsSync(to) && statSync(to).size === statSync(join(blobs, name)).size) continue;
      copyFileSync(join(blobs, name), to);
    }
    const [, layout = ''] = /^oci:(.*):image$/.exec(args.at(-1) ?? '') ?? [];
    mkdirSync(layout, { recursive: true });
    copyFileSync(join(this.#layout, 'index.json'), join(layout, 'index.json'));
    return '';
  }
}
