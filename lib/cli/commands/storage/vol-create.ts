/** vol-create, vol-create-as, vol-create-from and vol-clone: volumes from XML, from words, and from other volumes. */
import { node, printXml, type PrintableElement } from '../../../domain/xml/print';
import { namingOptions, type BuiltXml } from '../../options/built-xml';
import { readBytes } from '../../options/values/scaled-size';
import { readDefinitionFile, validateOption } from '../../options/definition-file';
import {
  findPool,
  findVolume,
  poolOfVolumeOption,
  poolOption,
  volumeOption,
} from '../../options/pool-argument';
import { withErrorMessage } from '../../shell/command-error';
import type { CopyVolumeOptions, StoragePool, StorageVolume } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const fileOption: Option = {
  name: 'file',
  kind: 'string',
  help: 'file containing an XML vol description',
  positional: 'required',
  values: 'file',
};
const preallocOption: Option = {
  name: 'prealloc-metadata',
  kind: 'flag',
  help: 'preallocate metadata (for qcow2 instead of full allocation)',
};
const reflinkOption: Option = {
  name: 'reflink',
  kind: 'flag',
  help: 'share the blocks of the original, or fail',
};
const printOption: Option = {
  name: 'print-xml',
  kind: 'flag',
  help: "print XML document, but don't define/create",
};

export const commands: CommandTable = {
  'vol-create': {
    group: 'volume',
    summary: 'create a vol from an XML file',
    description: 'Create a vol. Nothing that is there is replaced.',
    options: [poolOption, fileOption, preallocOption, validateOption],
    example: 'tslxc vol-create disks volume.xml',
    run: create,
  },
  'vol-create-as': {
    group: 'volume',
    summary: 'create a volume from a set of args',
    description:
      "Create a vol: of format raw by default. Of format 'dir' it is a folder, whose capacity means nothing.",
    options: [
      poolOption,
      { name: 'name', kind: 'string', help: 'name of the volume', positional: 'required' },
      {
        name: 'capacity',
        kind: 'string',
        help: 'size of the vol, as scaled integer (default bytes)',
        positional: 'required',
      },
      {
        name: 'allocation',
        kind: 'string',
        help: 'initial allocation size, as scaled integer (default bytes)',
        positional: 'undocumented',
        mayBeEmpty: true,
      },
      {
        name: 'format',
        kind: 'string',
        help: 'file format type raw,dir,qcow,qcow2,qed,vdi,vmdk,vpc',
        positional: 'undocumented',
      },
      {
        name: 'backing-vol',
        kind: 'string',
        help: 'the backing volume if taking a snapshot',
        positional: 'undocumented',
      },
      {
        name: 'backing-vol-format',
        kind: 'string',
        help: 'format of backing volume if taking a snapshot',
        positional: 'undocumented',
      },
      preallocOption,
      printOption,
    ],
    example: 'tslxc vol-create-as disks disk.img 64MiB --allocation 0',
    run: createAs,
  },
  'vol-create-from': {
    group: 'volume',
    summary: 'create a vol, using another volume as input',
    description: 'Create a vol from an existing volume.',
    options: [
      poolOption,
      fileOption,
      volumeOption,
      {
        name: 'inputpool',
        kind: 'string',
        help: "pool name or uuid of the input volume's pool",
        positional: 'undocumented',
      },
      preallocOption,
      reflinkOption,
      validateOption,
    ],
    example: 'tslxc vol-create-from disks copy.xml disk.img --inputpool disks',
    run: createFrom,
  },
  'vol-clone': {
    group: 'volume',
    summary: 'clone a volume',
    description: 'Clone an existing volume within the parent pool.',
    options: [
      volumeOption,
      { name: 'newname', kind: 'string', help: 'clone name', positional: 'required' },
      poolOfVolumeOption,
      preallocOption,
      reflinkOption,
      printOption,
    ],
    example: 'tslxc vol-clone disk.img copy.img disks',
    run: clone,
  },
};

/** What the flags ask for. */
function makingOf(options: Options): CopyVolumeOptions {
  return {
    ...(options.has('prealloc-metadata') ? { preallocate: 'metadata' } : {}),
    ...(options.has('reflink') ? { reflink: 'required' } : {}),
    ...(options.has('validate') ? { validate: true } : {}),
  };
}

async function create(context: Context, options: Options): Promise<undefined> {
  const pool = await findPool(await context.connect(), options.required('pool'));
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const { name } = await withErrorMessage(`Failed to create vol from ${file}`, () =>
    pool.createVolume(xml, makingOf(options)),
  );
  context.output.extra(`Vol ${name} created from ${file}`);
  return undefined;
}

/** The option that each part of the `<volume>` of vol-create-as is from. */
const parts: BuiltXml['parts'] = {
  name: 'name',
  capacity: 'capacity',
  allocation: 'allocation',
  'target/format': 'format',
  'backingStore/path': 'backing-vol',
  'backingStore/format': 'backing-vol-format',
};

async function createAs(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const pool = await findPool(connection, options.required('pool'));
  const name = options.required('name');
  const capacity = readBytes(options.required('capacity'));
  const text = options.string('allocation') ?? '';
  const allocation = text === '' ? undefined : readBytes(text);
  const backing = options.string('backing-vol');
  const below = backing === undefined ? undefined : await backingVolume(pool, context, backing);
  const format = options.string('format');
  const xml = printXml(
    node('volume', {}, [
      node('name', {}, [name]),
      node('capacity', {}, [String(capacity)]),
      ...(allocation === undefined ? [] : [node('allocation', {}, [String(allocation)])]),
      ...(format === undefined ? [] : [node('target', {}, [node('format', { type: format })])]),
      ...backingElement(below, options.string('backing-vol-format')),
    ]),
  );
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  const built: BuiltXml = { xml, root: 'volume', parts, options };
  await withErrorMessage(`Failed to create vol ${name}`, () =>
    namingOptions(built, () => pool.createVolume(xml, makingOf(options))),
  );
  context.output.extra(`Vol ${name} created`);
  return undefined;
}

/** A name in the pool, or else a path. */
async function backingVolume(
  pool: StoragePool,
  context: Context,
  text: string,
): Promise<StorageVolume> {
  if (!text.includes('/')) {
    return withErrorMessage(`failed to get vol '${text}'`, () => pool.lookupVolume(text));
  }
  const connection = await context.connect();
  return withErrorMessage(`failed to get vol '${text}'`, () =>
    connection.lookupStorageVolumeByPath(text),
  );
}

function backingElement(
  volume: StorageVolume | undefined,
  format: string | undefined,
): PrintableElement[] {
  if (volume === undefined) return [];
  const type = format === undefined ? [] : [node('format', { type: format })];
  return [node('backingStore', {}, [node('path', {}, [volume.path]), ...type])];
}

async function createFrom(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const pool = await findPool(connection, options.required('pool'));
  const file = options.required('file');
  const original = await findVolume(connection, options, 'inputpool');
  const xml = readDefinitionFile(file);
  const { name } = await withErrorMessage(`Failed to create vol from ${file}`, () =>
    pool.createVolumeFrom(xml, original, makingOf(options)),
  );
  context.output.extra(`Vol ${name} created from input vol ${original.name}`);
  return undefined;
}

async function clone(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const original = await findVolume(connection, options);
  const newName = options.required('newname');
  const xml = renamed(await original.xml(), newName);
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  const pool = await connection.lookupStoragePoolByUuid(original.pool.uuid);
  const built: BuiltXml = { xml, root: 'volume', parts: { name: 'newname' }, options };
  await withErrorMessage(`Failed to clone vol from ${original.name}`, () =>
    namingOptions(built, () => pool.createVolumeFrom(xml, original, makingOf(options))),
  );
  context.output.extra(`Vol ${newName} cloned from ${original.name}`);
  return undefined;
}

/** The document of the original with another name, which is its first element. */
function renamed(xml: string, name: string): string {
  const element = printXml(node('name', {}, [name])).trimEnd();
  return xml.replace(/<name>[^<]*<\/name>/, () => element);
}
