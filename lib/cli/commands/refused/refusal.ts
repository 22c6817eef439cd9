/**
 * A verb of virsh that libvirt's drivers for containers and networks refuse. It is refused with the same messages, which scripts
 * may know, and some of them with what is done here in its place. It is not in the overview, and accepts whatever virsh accepts.
 */
import { TslxcError } from '../../../errors';
import { findDomain } from '../../options/domain-argument';
import { findHostInterface } from '../../options/host/interface-argument';
import { findNodeDevice } from '../../options/host/node-device-argument';
import type { Connection } from '../../../index';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import type { Command, CommandTable, Context, Group } from '../../shell/command';

/**
 * `call`: the function of libvirt that its driver lacks; undefined if virsh itself refuses. `first`: the first line of virsh's
 * message, if it has one, in which `%` stands for what the verb is about, and `%1` for the value of the first of `words`. `words`: the
 * arguments that virsh requires, after that which names it.
 */
export type Refusal = readonly [
  call: string | undefined,
  first: string | undefined,
  ...words: string[],
];

/** What a refused verb is about: it is looked up before the verb is refused, as virsh does. */
interface Kind {
  readonly group: Group;
  /** The argument that names it, and what stands there in the example; undefined for the host, which has no name. */
  readonly named?: readonly [option: string, example: string];
  /** Resolves to its name. */
  readonly find?: (connection: Connection, text: string) => Promise<string>;
}

const kinds = {
  host: { group: 'host' },
  domain: {
    group: 'domain',
    named: ['domain', 'helloworld'],
    find: async (connection, text) => (await findDomain(connection, text)).name,
  },
  device: {
    group: 'nodedev',
    named: ['device', 'pci_0000_00_02_0'],
    find: async (connection, text) => (await findNodeDevice(connection, text)).name,
  },
  interface: {
    group: 'interface',
    named: ['interface', 'eth0'],
    find: async (connection, text) => (await findHostInterface(connection, text)).name,
  },
  binding: {
    group: 'filter',
    named: ['binding', 'vnet0'],
    find: async ({ networkFilters }, text) => {
      await withErrorMessage(`failed to get nwfilter binding '${text}'`, () =>
        networkFilters.bindingXml(text),
      );
      return text;
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type Subject = keyof typeof kinds;

/**
 * What does here what a verb is wanted for, for those of which a reader could not know: a line after libvirt's, and in the help.
 */
const instead: Readonly<Record<string, string>> = {
  blkdeviotune: 'blkiotune limits what a container reads from and writes to a device of the host',
  managedsave: "processes can't be kept in a file: suspend keeps them in memory",
  migrate:
    'no running container can be moved: shut it down, copy its root, and define there what dumpxml --inactive prints',
  reset: 'destroy and start it',
  restore: 'snapshot-revert brings back the files of a snapshot; no processes are kept in a file',
  save: "processes can't be kept in a file: suspend keeps them in memory, and snapshot-create-as then keeps the files",
  vcpupin: 'cpuset says which CPUs a container may run on',
};

export function refusedVerbs(
  subject: Subject,
  refusals: Readonly<Record<string, Refusal>>,
): CommandTable {
  return Object.fromEntries(
    Object.entries(refusals).map(([verb, refusal]) => [verb, refused(verb, subject, refusal)]),
  );
}

function refused(verb: string, subject: Subject, [call, first, ...words]: Refusal): Command {
  const hint = Object.hasOwn(instead, verb) ? `\n${instead[verb]}` : '';
  const { group, named, find }: Kind = kinds[subject];
  const names = [...(named === undefined ? [] : [named[0]]), ...words];
  return {
    group,
    summary: "refused, as by libvirt's driver for containers",
    description: `Refused, as by libvirt: there is no such thing for containers.${hint}`,
    options: names.map((name) => ({
      name,
      kind: 'string',
      help: 'what virsh has here',
      positional: 'required',
    })),
    parsing: 'loose',
    example: [
      'tslxc',
      verb,
      ...names.map((name) => (name === named?.[0] ? named[1] : name.toUpperCase())),
    ].join(' '),
    visibility: 'unlisted',
    async run(context: Context, options): Promise<undefined> {
      const text = named === undefined ? '' : options.required(named[0]);
      const name = await find?.(await context.connect(), text);
      const line = (first ?? '')
        .replace('%1', () => options.string(words[0] ?? '') ?? '')
        .replace('%', () => name ?? '');
      if (call === undefined) throw new CommandError(line, { code: 'OPERATION_INVALID' });
      const about = subject === 'domain' && name !== undefined ? { domain: name } : {};
      const cause = new TslxcError('NO_SUPPORT', `${call}${hint}`, about);
      throw first === undefined ? cause : new CommandError(line, { cause });
    },
  };
}
