/** vol-delete, vol-resize, vol-wipe, vol-upload and vol-download: what is done with one volume. */
import { constants, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { constants as system } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileError, hasErrno, naming } from '../../../host/state/file-error';
import { exactBytes, readBytes } from '../../options/values/scaled-size';
import { findVolume, poolOfVolumeOption, volumeOption } from '../../options/pool-argument';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { wipeAlgorithms, type WipeAlgorithm } from '../../../storage/volume/change';
import type { Extent, StorageVolume } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const fileOption: Option = {
  name: 'file',
  kind: 'string',
  help: 'file',
  positional: 'required',
  values: 'file',
};

/** The words of vol-upload and vol-download. */
function extentOptions(what: string, direction: string): readonly Option[] {
  return [
    {
      name: 'offset',
      kind: 'number',
      help: `volume offset to ${what} ${direction}`,
      positional: 'undocumented',
    },
    {
      name: 'length',
      kind: 'number',
      help: `amount of data to ${what}`,
      positional: 'undocumented',
    },
  ];
}

export const commands: CommandTable = {
  'vol-delete': {
    group: 'volume',
    summary: 'delete a vol',
    description: 'Delete a given vol. Containers that use it are not looked for.',
    options: [volumeOption, poolOfVolumeOption],
    example: 'tslxc vol-delete disk.img disks',
    run: remove,
  },
  'vol-resize': {
    group: 'volume',
    summary: 'resize a vol',
    description:
      'Resizes a storage volume: of format raw or qcow2, and only while no container uses it.',
    options: [
      volumeOption,
      {
        name: 'capacity',
        kind: 'string',
        help: 'new capacity for the vol, as scaled integer (default bytes)',
        positional: 'required',
      },
      poolOfVolumeOption,
      {
        name: 'allocate',
        kind: 'flag',
        help: 'allocate the new capacity, rather than leaving it sparse',
      },
      {
        name: 'delta',
        kind: 'flag',
        help: 'use capacity as a delta to current size, rather than the new size',
      },
      { name: 'shrink', kind: 'flag', help: 'allow the resize to shrink the volume' },
    ],
    example: 'tslxc vol-resize disk.img 128MiB disks',
    run: resize,
  },
  'vol-wipe': {
    group: 'volume',
    summary: 'wipe a vol',
    description: 'Ensure data previously on a volume is not accessible to future reads.',
    options: [
      volumeOption,
      poolOfVolumeOption,
      {
        name: 'algorithm',
        kind: 'string',
        help: "'zero' (the default), or one of scrub(1)",
        values: wipeAlgorithms,
        positional: 'undocumented',
      },
    ],
    example: 'tslxc vol-wipe disk.img disks',
    run: wipe,
  },
  'vol-upload': {
    group: 'volume',
    summary: 'upload file contents to a volume',
    description: 'Upload file contents to a volume.',
    options: [volumeOption, fileOption, poolOfVolumeOption, ...extentOptions('upload', 'to')],
    example: 'tslxc vol-upload disk.img ./content.img disks',
    run: upload,
  },
  'vol-download': {
    group: 'volume',
    summary: 'download volume contents to a file',
    description: 'Download volume contents to a file.',
    options: [volumeOption, fileOption, poolOfVolumeOption, ...extentOptions('download', 'from')],
    example: 'tslxc vol-download disk.img ./content.img disks',
    run: download,
  },
};

async function remove(context: Context, options: Options): Promise<undefined> {
  const volume = await findVolume(await context.connect(), options);
  const text = options.required('vol');
  await withErrorMessage(`Failed to delete vol ${text}`, () => volume.delete());
  context.output.extra(`Vol ${text} deleted`);
  return undefined;
}

async function resize(context: Context, options: Options): Promise<undefined> {
  const volume = await findVolume(await context.connect(), options);
  const written = options.required('capacity');
  const isNegative = written.startsWith('-');
  const shrink = options.has('shrink');
  if (isNegative && !shrink) throw new CommandError('negative size requires --shrink');
  const text = written.replace(/^-/, '');
  const bytes = readBytes(text);
  const isDelta = isNegative || options.has('delta');
  const by = isDelta ? 'by' : 'to';
  await withErrorMessage(
    `Failed to change size of volume '${volume.name}' ${by} ${text}`,
    async () => {
      const size = exactBytes(bytes);
      return volume.resize(
        isDelta ? await changedSize(volume, size, shrink ? 'shrink' : 'grow') : size,
        {
          shrink,
          allocate: options.has('allocate'),
        },
      );
    },
  );
  context.output.extra(`Size of volume '${volume.name}' successfully changed ${by} ${text}`);
  return undefined;
}

/** Once it is changed by so many bytes. */
async function changedSize(
  volume: StorageVolume,
  bytes: number,
  how: 'shrink' | 'grow',
): Promise<number> {
  const { capacity } = await volume.info();
  return how === 'shrink' ? capacity - Math.min(bytes, capacity) : capacity + bytes;
}

async function wipe(context: Context, options: Options): Promise<undefined> {
  const volume = await findVolume(await context.connect(), options);
  const algorithm = algorithmOf(options.string('algorithm') ?? 'zero');
  const text = options.required('vol');
  await withErrorMessage(`Failed to wipe vol ${text}`, () => volume.wipe(algorithm));
  context.output.extra(`Vol ${text} wiped`);
  return undefined;
}

function algorithmOf(text: string): WipeAlgorithm {
  const algorithm = wipeAlgorithms.find((one) => one === text);
  if (algorithm !== undefined) return algorithm;
  throw new CommandError(`Unsupported algorithm '${text}'`, { code: 'INVALID_ARG' });
}

function extentOf(options: Options): Extent {
  const [offset, length] = [options.number('offset'), options.number('length')];
  return {
    ...(offset === undefined ? {} : { offset }),
    ...(length === undefined ? {} : { length }),
  };
}

async function upload(context: Context, options: Options): Promise<undefined> {
  const extent = extentOf(options);
  const volume = await findVolume(await context.connect(), options);
  const end = extent.length === undefined || extent.length === 0 ? {} : { end: extent.length - 1 };
  const [file, name] = [options.required('file'), options.required('vol')];
  const source = await withErrorMessage(`cannot read ${file}`, () => opened(file, 'r'));
  try {
    const target = await withErrorMessage(`cannot upload to volume ${name}`, () =>
      volume.upload(extent),
    );
    await withErrorMessage(`cannot send data to volume ${name}`, () =>
      moved(source.createReadStream(end), target, file),
    );
  } finally {
    await source.close();
  }
  return undefined;
}

/** A file that is there is written over; one that was made is taken away again if the download fails, as by virsh. */
async function download(context: Context, options: Options): Promise<undefined> {
  const extent = extentOf(options);
  const volume = await findVolume(await context.connect(), options);
  const [file, name] = [options.required('file'), options.required('vol')];
  const { target, isNew } = await withErrorMessage(`cannot create ${file}`, () => created(file));
  try {
    const source = await withErrorMessage(`cannot download from volume ${name}`, () =>
      volume.download(extent),
    );
    await withErrorMessage(`cannot receive data from volume ${name}`, () =>
      moved(source, target.createWriteStream(), file),
    );
  } catch (error) {
    if (isNew) rmSync(file, { force: true });
    throw error;
  } finally {
    await target.close();
  }
  return undefined;
}

async function created(file: string): Promise<{ target: FileHandle; isNew: boolean }> {
  const { O_WRONLY, O_TRUNC, O_CREAT, O_EXCL } = constants;
  try {
    return { target: await opened(file, O_WRONLY | O_CREAT | O_EXCL), isNew: true };
  } catch (error) {
    if (!hasErrno(error, system.errno.EEXIST)) throw error;
    return { target: await opened(file, O_WRONLY | O_TRUNC), isNew: false };
  }
}

/** @throws SyscallError. */
async function opened(file: string, flags: string | number): Promise<FileHandle> {
  try {
    return await open(file, flags, 0o600);
  } catch (error) {
    throw fileError(error);
  }
}

/** Resolves once all is written. @throws SyscallError, that of a stream of the file with the file as its `path`. */
async function moved(source: Readable, target: Writable, file: string): Promise<void> {
  try {
    await pipeline(source, target);
  } catch (error) {
    throw fileError(naming(file, error));
  }
}
