/** pull, images and rmi: images on this host. */
import { formatOption, showsData } from '../../output/data';
import { formatTable } from '../../output/table';
import { pullReport, progressStyles } from '../../output/pull-progress';
import { refusedValue } from '../../options/values/refused-value';
import { readKibibytes } from '../../options/values/scaled-size';
import { abandonable } from '../../terminal/abandonable';
import { eachNamed } from '../../output/each-named';
import { withErrorMessage } from '../../shell/command-error';
import type { ImageInfo, PullOptions } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  pull: {
    group: 'image',
    summary: 'get an image for roots of containers',
    description:
      'Get an OCI image, or one of Docker’s, by the programs skopeo and umoci (Debian packages of these\n' +
      'names). Each of its layers is unpacked once, for all images and containers that have it. It is\n' +
      'there as a whole or not at all: a failure, Ctrl-C or the end of this command leaves nothing.\n' +
      'The source is docker://NAME:TAG of a registry, oci:DIRECTORY:TAG, oci-archive:FILE,\n' +
      'docker-archive:FILE or dir:DIRECTORY; skopeo copy makes one of any other. Digests are checked. An\n' +
      'image with absolute paths, with .. in them, or with links out of its root in the way of a file is\n' +
      'refused.',
    options: [
      { name: 'source', kind: 'string', help: 'where it comes from', positional: 'required' },
      {
        name: 'name',
        kind: 'string',
        help: 'what it is called here; by default as its source, or as the one tag of an archive',
        positional: 'optional',
      },
      {
        name: 'insecure',
        kind: 'flag',
        help: 'take the registry’s certificate, or HTTP, for granted',
      },
      {
        name: 'max-size',
        kind: 'string',
        help: 'refuse an image that unpacks to more; 32GiB by default',
      },
      {
        name: 'progress',
        kind: 'string',
        help: 'line (the default on a terminal), log (elsewhere), json or none',
        values: progressStyles,
        closed: true,
      },
    ],
    example: 'tslxc pull docker://docker.io/library/debian:trixie',
    run: pull,
  },
  images: {
    group: 'image',
    summary: 'list images',
    description:
      'List the images on this host. The size is that of the files of all layers; what images have in\n' +
      'common is on the disk once.',
    options: [{ name: 'name', kind: 'flag', help: 'list only names' }, formatOption],
    example: 'tslxc images',
    stdout: 'alone',
    run: images,
  },
  rmi: {
    group: 'image',
    summary: 'remove images',
    description:
      'Remove images, and those of their layers that no other image and no domain has. One that is the\n' +
      'root of a domain is kept. One that cannot be removed does not keep the others; the exit status is then 1.',
    options: [
      {
        name: 'image',
        kind: 'strings',
        help: 'names of the images',
        positional: 'required',
        values: 'image',
      },
    ],
    example: 'tslxc rmi debian:trixie nginx',
    run: remove,
  },
};

async function pull(context: Context, options: Options): Promise<undefined> {
  const source = options.required('source');
  const most = mostOf(options.string('max-size'));
  const name = options.string('name');
  const report = pullReport(context, options.string('progress'));
  const connection = await context.connect();
  let before: readonly ImageInfo[] = [];
  const begin = (signal: AbortSignal): Promise<ImageInfo> =>
    withErrorMessage(`Failed to pull ${source}`, async () => {
      before = await connection.images.list();
      return connection.images.pull(source, {
        ...nameOption(name),
        ...(options.has('insecure') ? { tls: 'trust' } : {}),
        ...most,
        signal,
        onProgress: (progress) => report.tell(progress),
      });
    });
  try {
    const { result } = await abandonable(context.signals, begin);
    const former = before.find((one) => one.name === result.name);
    if (former !== undefined && former.source !== result.source) {
      context.output.warning(`'${former.name}' was the image of ${former.source}: it is replaced`);
    }
    report.end(result);
  } finally {
    report.close();
  }
  return undefined;
}

/** @throws CommandError, UsageError. */
function mostOf(text: string | undefined): Pick<PullOptions, 'mostBytes'> {
  if (text === undefined) return {};
  const mostBytes = readKibibytes(text, 'max-size') * 1024;
  if (mostBytes === 0)
    throw refusedValue(text, 'max-size', 'allows no image: leave it out for 32GiB');
  if (Number.isSafeInteger(mostBytes)) return { mostBytes };
  throw refusedValue(text, 'max-size', 'is out of range: it has to be less than 8PiB');
}

function nameOption(name: string | undefined): Pick<PullOptions, 'name'> {
  return name === undefined ? {} : { name };
}

async function images(context: Context, options: Options): Promise<undefined> {
  const { output } = context;
  const connection = await context.connect();
  const all = await withErrorMessage('Failed to list images', () => connection.images.list());
  if (showsData(output, options, all)) return undefined;
  if (options.has('name')) for (const { name } of all) output.line(name);
  else output.text(formatTable(tableOf(all), output.verbosity === 'quiet' ? 'bare' : 'full'));
  return undefined;
}

function tableOf(all: readonly ImageInfo[]) {
  return {
    header: ['Name', 'Digest', 'Layers', 'Size', 'Pulled'],
    rows: all.map(({ name, digest, layers, bytes, pulled }) => [
      name,
      digest.replace(/^sha256:/, '').slice(0, 12),
      String(layers.length),
      mebibytes(bytes),
      pulled.slice(0, 16).replace('T', ' '),
    ]),
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

async function remove(context: Context, options: Options): Promise<number | undefined> {
  const { output } = context;
  const connection = await context.connect();
  return eachNamed(options.strings('image'), output, {
    failed: (image) => `Failed to remove image '${image}'`,
    action: async (image) => {
      await connection.images.remove(image);
      output.extra(`Image '${image}' removed`);
    },
  });
}
