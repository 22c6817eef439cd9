/** snapshot-create and snapshot-create-as: snapshots of a domain that is off or paused. */
import { formatSnapshotRequest, parseSnapshot } from '../../../domain/snapshot';
import type { SnapshotRequest } from '../../../index';
import { readDefinitionFile } from '../../options/definition-file';
import { domainOption, findDomain } from '../../options/domain-argument';
import { unsupportedFlags, unsupportedOption } from '../../options/refused-option';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { untilEnded } from '../../shell/ending-signals';

/** Flags of virsh for virtual machines, each with its bit. */
const refused = unsupportedFlags('lxcDomainSnapshotCreateXML', {
  'no-metadata': '0x4',
  halt: '0x8',
  'reuse-external': '0x20',
  quiesce: '0x40',
  live: '0x100',
  validate: '0x200',
});

const accepted: readonly Option[] = [
  { name: 'disk-only', kind: 'flag', help: 'accepted: the memory of a container is never kept' },
  { name: 'atomic', kind: 'flag', help: 'accepted: a snapshot is made as a whole or not at all' },
];

const what =
  "Keep what is in the trees that are a domain's own, and its definition: its root, where that is a\n" +
  'directory that it may write to, and the layers of its overlays. The domain is off, or is paused\n' +
  "(suspend); what a paused container has in memory isn't kept. On btrfs, xfs and other file systems\n" +
  'that share blocks a snapshot takes no more room than what changes afterwards.';

export const commands: CommandTable = {
  'snapshot-create': {
    group: 'snapshot',
    summary: 'create a snapshot from XML',
    description: `${what} <name> and <description> of a\n<domainsnapshot> in the file are used.`,
    options: [
      domainOption,
      {
        name: 'xmlfile',
        kind: 'string',
        help: 'domain snapshot XML',
        positional: 'optional',
        values: 'file',
      },
      ...unsupportedFlags('lxcDomainSnapshotCreateXML', { redefine: '0x1', current: '0x2' }),
      ...accepted,
      ...refused,
    ],
    example: 'tslxc snapshot-create helloworld',
    run: createFromXml,
  },
  'snapshot-create-as': {
    group: 'snapshot',
    summary: 'create a snapshot from a set of args',
    description: `${what} Without a name it has the\ntime as seconds since 1970.`,
    options: [
      domainOption,
      { name: 'name', kind: 'string', help: 'name of snapshot', positional: 'undocumented' },
      {
        name: 'description',
        kind: 'string',
        help: 'description of snapshot',
        positional: 'undocumented',
      },
      { name: 'print-xml', kind: 'flag', help: 'print XML document rather than create' },
      ...accepted,
      ...refused,
      unsupportedOption('memspec', 'virDomainSave', 'string'),
      {
        ...unsupportedOption('diskspec', 'virDomainSnapshotCreateXML', 'strings'),
        positional: 'undocumented',
      },
    ],
    example: 'tslxc snapshot-create-as helloworld before-upgrade',
    run: createFromWords,
  },
};

async function createFromXml(context: Context, options: Options): Promise<number | undefined> {
  const file = options.string('xmlfile');
  const request = file === undefined ? {} : parseSnapshot(readDefinitionFile(file));
  return create(context, options, {
    request,
    from: file === undefined ? '' : ` from '${file}'`,
  });
}

async function createFromWords(context: Context, options: Options): Promise<number | undefined> {
  const [name, description] = [options.string('name'), options.string('description')];
  const request = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  if (options.has('print-xml')) {
    context.output.text(formatSnapshotRequest(request));
    return undefined;
  }
  return create(context, options, { request, from: '' });
}

async function create(
  context: Context,
  options: Options,
  { request, from }: { readonly request: SnapshotRequest; readonly from: string },
): Promise<number | undefined> {
  const domain = await findDomain(await context.connect(), options.required('domain'));
  options.refuseUnsupported();
  return untilEnded(context, 'no snapshot was made', async (signal) => {
    const { name } = await domain.snapshots.create({ ...request, signal });
    context.output.extra(`Domain snapshot ${name} created${from}`);
  });
}
