/** pool-define, pool-create, pool-define-as, pool-create-as, pool-edit and pool-undefine: storage pools from XML, and from words. */
import { withErrorMessage } from '../../shell/command-error';
import { namingOptions } from '../../options/built-xml';
import {
  definitionOptions,
  readDefinitionFile,
  validateOption,
} from '../../options/definition-file';
import { builtPool, poolWordOptions } from './pool-words';
import { findPool, poolOption } from '../../options/pool-argument';
import { warningOf } from '../../output/definition-warnings';
import { editText } from '../../editing/edit-loop';
import type { StoragePool } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const fileOption: Option = {
  name: 'file',
  kind: 'string',
  help: 'file containing an XML pool description',
  positional: 'required',
  values: 'file',
};

/** The option of verbs that start a pool. */
export const buildOption: Option = {
  name: 'build',
  kind: 'flag',
  help: 'build the pool as normal',
};

const types =
  'The types are those that pool-define\n' +
  'knows: dir, a folder of the host, fs, a file system that is mounted there, and logical, a volume group of LVM.';

export const commands: CommandTable = {
  'pool-define': {
    group: 'pool',
    summary:
      'define an inactive persistent storage pool or modify an existing persistent one from an XML file',
    description:
      'Define or modify a persistent storage pool. A change counts from its next start. As in libvirt, what its schema\n' +
      'does not know is left out, with a warning for each word.',
    options: [fileOption, validateOption],
    example: 'tslxc pool-define pool.xml',
    run: define,
  },
  'pool-define-as': {
    group: 'pool',
    summary: 'define a pool from a set of args',
    description: `Define a persistent storage pool. ${types}`,
    options: poolWordOptions,
    example: 'tslxc pool-define-as disks dir --target /var/lib/disks',
    run: defineAs,
  },
  'pool-create': {
    group: 'pool',
    summary: 'create a pool from an XML file',
    description:
      'Start a transient storage pool: it is gone when it is destroyed. Its volumes stay.',
    options: [fileOption, buildOption],
    example: 'tslxc pool-create pool.xml --build',
    run: create,
  },
  'pool-create-as': {
    group: 'pool',
    summary: 'create a pool from a set of args',
    description: `Start a transient storage pool. ${types}`,
    options: [...poolWordOptions, buildOption],
    example: 'tslxc pool-create-as disks dir --target /var/lib/disks --build',
    run: createAs,
  },
  'pool-edit': {
    group: 'pool',
    summary: 'edit XML configuration for a storage pool',
    description:
      'Edit the XML configuration for a storage pool, in the editor that VISUAL or EDITOR names. It counts from the next\n' +
      'start. A text that is not a definition is not stored, but not lost either: it can be edited again.\n' +
      'Of a definition that can’t be read, the text of its file is edited.',
    options: [poolOption],
    example: 'tslxc pool-edit disks',
    run: edit,
  },
  'pool-undefine': {
    group: 'pool',
    summary: 'undefine an inactive pool',
    description: 'Undefine the configuration for an inactive pool. Its volumes stay.',
    options: [poolOption],
    example: 'tslxc pool-undefine disks',
    run: undefine,
  },
};

async function define(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const pool = await withErrorMessage(`Failed to define pool from ${file}`, () =>
    connection.defineStoragePool(xml, definitionOptions(context, options)),
  );
  context.output.extra(`Pool ${pool.name} defined from ${file}`);
  return undefined;
}

async function create(context: Context, options: Options): Promise<undefined> {
  const file = options.required('file');
  const xml = readDefinitionFile(file);
  const connection = await context.connect();
  const { onWarning } = definitionOptions(context, options);
  const pool = await withErrorMessage(`Failed to create pool from ${file}`, () =>
    connection.createStoragePool(xml, {
      build: options.has('build'),
      ...(onWarning === undefined ? {} : { onWarning }),
    }),
  );
  context.output.extra(`Pool ${pool.name} created from ${file}`);
  return undefined;
}

function defineAs(context: Context, options: Options): Promise<undefined> {
  return fromWords(context, options, {
    failed: 'Failed to define pool',
    done: 'defined',
    make: async (xml) => (await context.connect()).defineStoragePool(xml),
  });
}

function createAs(context: Context, options: Options): Promise<undefined> {
  const build = options.has('build');
  return fromWords(context, options, {
    failed: 'Failed to create pool',
    done: 'created',
    make: async (xml) => (await context.connect()).createStoragePool(xml, { build }),
  });
}

interface FromWords {
  readonly failed: string;
  readonly done: string;
  readonly make: (xml: string) => Promise<StoragePool>;
}

async function fromWords(
  context: Context,
  options: Options,
  { failed, done, make }: FromWords,
): Promise<undefined> {
  const name = options.required('name');
  const built = builtPool(options);
  const { xml } = built;
  if (options.has('print-xml')) {
    context.output.text(xml);
    return undefined;
  }
  await withErrorMessage(`${failed} ${name}`, () => namingOptions(built, () => make(xml)));
  context.output.extra(`Pool ${name} ${done}`);
  return undefined;
}

async function edit(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const pool = await findPool(connection, options.required('pool'));
  let { name } = pool;
  const outcome = await editText(context, {
    read: () => pool.editableXml(),
    change: async (xml) => {
      const onWarning = warningOf(context.output);
      ({ name } = await connection.defineStoragePool(xml, { onWarning }));
    },
  });
  context.output.extra(
    outcome === 'changed'
      ? `Pool ${name} XML configuration edited.`
      : `Pool ${name} XML configuration not changed.`,
  );
  return undefined;
}

async function undefine(context: Context, options: Options): Promise<undefined> {
  const text = options.required('pool');
  const pool = await findPool(await context.connect(), text);
  await withErrorMessage(`Failed to undefine pool ${text}`, () => pool.undefine());
  context.output.extra(`Pool ${text} has been undefined`);
  return undefined;
}
