/** volume: named volumes, with docker's words. */
import { formatOption, printData, showsData } from '../../output/data';
import { eachNamed } from '../../output/each-named';
import { formatTable } from '../../output/table';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { suggestion } from '../../../suggestion';
import { askYesOrNo } from '../../terminal/ask';
import type { Connection, VolumeInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  volume: {
    group: 'image',
    summary: 'list, make and remove named volumes',
    description:
      'Named volumes are folders for what containers keep, as in run -v NAME:TARGET, which makes one that is missing.\n' +
      'They are the volumes of the storage pool ‘volumes’, which is made with the first of them, in\n' +
      '/var/lib/tslxc/volumes. volume ls lists them, with the domains that have each; volume create makes empty ones;\n' +
      'volume inspect prints what is known of them as JSON; volume rm removes them with everything in them, but none\n' +
      'that a stored or running domain has; volume prune --all does that with all that no domain has, and asks\n' +
      'before, unless --force is given. One that fails does not keep the others; the exit status is then 1.',
    options: [
      {
        name: 'action',
        kind: 'string',
        help: 'ls, create, rm, inspect or prune',
        positional: 'required',
        values: ['ls', 'create', 'rm', 'inspect', 'prune'],
      },
      {
        name: 'volume',
        kind: 'strings',
        help: 'names of the volumes, of create, rm and inspect',
        positional: 'optional',
        values: 'volume',
      },
      {
        name: 'name',
        kind: 'flag',
        letter: 'q',
        aliases: [{ name: 'quiet' }],
        help: 'of ls: list only names',
      },
      { ...formatOption, help: "of ls: 'text' (the default), or 'json' for programs" },
      {
        name: 'all',
        kind: 'flag',
        letter: 'a',
        help: 'of prune: all that no domain has, and not only those without a name, which are never made',
      },
      {
        name: 'force',
        kind: 'flag',
        letter: 'f',
        help: 'of prune: do not ask; of rm: accepted, one that is missing is no error',
      },
    ],
    example: 'tslxc volume ls',
    stdout: 'alone',
    run,
  },
};

interface Asked {
  readonly context: Context;
  readonly options: Options;
  readonly names: readonly string[];
}

interface Action {
  /** `needed`: at least one name. */
  readonly names: 'needed' | 'none';
  /** The options of the table that it takes besides. */
  readonly options: readonly string[];
  run(asked: Asked): Promise<number | undefined>;
}

const actions: Readonly<Record<string, Action>> = {
  ls: { names: 'none', options: ['name', 'format'], run: list },
  create: { names: 'needed', options: [], run: create },
  rm: { names: 'needed', options: ['force'], run: remove },
  inspect: { names: 'needed', options: [], run: inspect },
  prune: { names: 'none', options: ['all', 'force'], run: prune },
};

/** Other words for the same. */
const synonyms: Readonly<Record<string, string>> = { list: 'ls', remove: 'rm' };

async function run(context: Context, options: Options): Promise<number | undefined> {
  const typed = options.required('action');
  const word = Object.hasOwn(synonyms, typed) ? (synonyms[typed] ?? typed) : typed;
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  const known = Object.keys(actions);
  if (action === undefined) {
    const hint = suggestion(word, known);
    throw new UsageError(`'${word}' is none of volume's actions: ${known.join(', ')}${hint}`);
  }
  const names = options.strings('volume');
  const [stray] = names;
  if (action.names === 'needed' && stray === undefined) {
    throw new UsageError(`volume ${word} needs the name of a volume`);
  }
  if (action.names === 'none' && stray !== undefined) {
    throw new UsageError(`unexpected data '${stray}': volume ${word} takes no name`);
  }
  for (const name of ['name', 'format', 'all', 'force']) {
    if (!options.has(name) || action.options.includes(name)) continue;
    throw new UsageError(`option --${name} is not one of volume ${word}`);
  }
  return action.run({ context, options, names });
}

async function list({ context, options }: Asked): Promise<undefined> {
  const { output } = context;
  const connection = await context.connect();
  const all = await withErrorMessage('Failed to list volumes', () => connection.volumes.list());
  if (showsData(output, options, all)) return undefined;
  if (options.has('name')) for (const { name } of all) output.line(name);
  else output.text(formatTable(tableOf(all), output.verbosity === 'quiet' ? 'bare' : 'full'));
  return undefined;
}

function tableOf(all: readonly VolumeInfo[]) {
  return {
    header: ['Name', 'Used by', 'Path'],
    rows: all.map(({ name, users, path }) => [
      name,
      users.length === 0 ? '-' : users.join(', '),
      path,
    ]),
  };
}

/** As docker, it prints the names. */
async function create({ context, names }: Asked): Promise<number | undefined> {
  const connection = await context.connect();
  return eachNamed(names, context.output, {
    failed: (name) => `Failed to create volume '${name}'`,
    action: async (name) => {
      await connection.volumes.create(name);
      context.output.line(name);
    },
  });
}

/** As docker, it prints the names. */
async function remove({ context, options, names }: Asked): Promise<number | undefined> {
  const connection = await context.connect();
  return eachNamed(names, context.output, {
    failed: (name) => `Failed to remove volume '${name}'`,
    action: async (name) => {
      if (options.has('force') && !(await isThere(connection, name))) return;
      await connection.volumes.remove(name);
      context.output.line(name);
    },
  });
}

async function isThere(connection: Connection, wanted: string): Promise<boolean> {
  return (await connection.volumes.list()).some(({ name }) => name === wanted);
}

/** As docker, an array of those that there are, and an error for each other. */
async function inspect({ context, names }: Asked): Promise<number | undefined> {
  const connection = await context.connect();
  const found: VolumeInfo[] = [];
  const status = await eachNamed(names, context.output, {
    failed: (name) => `Failed to inspect volume '${name}'`,
    action: async (name) => {
      found.push(await connection.volumes.lookup(name));
    },
  });
  printData(context.output, found);
  return status;
}

async function prune({ context, options }: Asked): Promise<number | undefined> {
  const { output, terminal } = context;
  if (!options.has('all')) {
    const why = 'as with docker, volumes with a name only go with --all, and there are no others';
    output.line(`Nothing was removed: ${why}`);
    return undefined;
  }
  if (!options.has('force') && !terminal.isInteractive()) {
    throw new CommandError('There is no terminal to ask on: give --force to remove them', {
      code: 'OPERATION_DENIED',
    });
  }
  const connection = await context.connect();
  const unused = (await connection.volumes.list()).filter(({ users }) => users.length === 0);
  const names = unused.map(({ name }) => name);
  if (names.length === 0) return undefined;
  if (!options.has('force')) {
    for (const name of names) output.line(`remove volume ${name}`);
    if (!(await askYesOrNo(terminal, 'Remove all these, with everything in them?'))) {
      output.line('Nothing was removed');
      return 1;
    }
  }
  // Those that were listed: one that has come since, or has a user now, stays.
  return eachNamed(names, output, {
    failed: (name) => `Failed to remove volume '${name}'`,
    action: async (name) => {
      await connection.volumes.remove(name);
      output.line(name);
    },
  });
}
