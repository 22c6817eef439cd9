/** vol-list, vol-info, vol-dumpxml, vol-name, vol-key, vol-path and vol-pool: which volumes a pool has, and what is known of one. */
import { withErrorMessage } from '../../shell/command-error';
import {
  findPool,
  findVolume,
  poolOfVolumeOption,
  poolOption,
  volumeOption,
} from '../../options/pool-argument';
import { showXml, xpathOptions } from '../../options/xpath-option';
import { formatOption, showsData } from '../../output/data';
import { prettySize } from '../../output/words/pretty-size';
import { formatTable } from '../../output/table';
import type { StorageVolume } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

interface Inspection {
  readonly summary: string;
  readonly description?: string;
  readonly options?: readonly Option[];
  readonly example: string;
  /** `pathOnly`: the volume is named by its path, and no pool is. */
  readonly naming?: 'pathOnly';
  show(volume: StorageVolume, context: Context, options: Options): Promise<void> | void;
  /** Returns the same information as data; undefined if `show` prints XML. */
  readonly data: ((volume: StorageVolume) => unknown) | undefined;
}

function inspection(row: Inspection): Command {
  const { summary, description = '', example, naming } = row;
  return {
    group: 'volume',
    summary,
    description,
    options: [
      volumeOption,
      ...(naming === undefined ? [poolOfVolumeOption] : []),
      ...(row.options ?? []),
      ...(row.data === undefined ? [] : [formatOption]),
    ],
    example,
    async run(context, options): Promise<undefined> {
      const poolFrom = naming === 'pathOnly' ? 'noOption' : 'pool';
      const volume = await findVolume(await context.connect(), options, poolFrom);
      if (row.data === undefined || options.string('format') !== 'json') {
        await row.show(volume, context, options);
      } else {
        showsData(context.output, options, await row.data(volume));
      }
      return undefined;
    },
  };
}

export const commands: CommandTable = {
  'vol-list': {
    group: 'volume',
    summary: 'list vols',
    description: 'Returns list of vols by pool.',
    options: [
      poolOption,
      { name: 'details', kind: 'flag', help: 'display extended details for volumes' },
      formatOption,
    ],
    example: 'tslxc vol-list disks --details',
    run: list,
  },
  'vol-info': inspection({
    summary: 'storage vol information',
    description: 'Returns basic information about the storage vol.',
    options: [
      { name: 'bytes', kind: 'flag', help: 'sizes are represented in bytes' },
      { name: 'physical', kind: 'flag', help: 'show the size of the file instead' },
    ],
    example: 'tslxc vol-info disk.img disks',
    show: showInformation,
    data: async (volume) => ({ ...identityOf(volume), ...(await volume.info()) }),
  }),
  'vol-dumpxml': inspection({
    summary: 'vol information in XML',
    description: 'Output the vol information as an XML dump to stdout.',
    options: xpathOptions,
    example: 'tslxc vol-dumpxml disk.img disks',
    show: async (volume, context, options) => showXml(context, options, await volume.xml()),
    data: undefined,
  }),
  'vol-name': inspection({
    summary: 'returns the volume name for a given volume key or path',
    naming: 'pathOnly',
    example: 'tslxc vol-name /var/lib/disks/disk.img',
    show: ({ name }, { output }) => output.line(name),
    data: identityOf,
  }),
  'vol-key': inspection({
    summary: 'returns the volume key for a given volume name or path',
    example: 'tslxc vol-key disk.img disks',
    show: ({ path }, { output }) => output.line(path),
    data: identityOf,
  }),
  'vol-path': inspection({
    summary: 'returns the volume path for a given volume name or key',
    example: 'tslxc vol-path disk.img disks',
    show: ({ path }, { output }) => output.line(path),
    data: identityOf,
  }),
  'vol-pool': inspection({
    summary: 'returns the storage pool for a given volume key or path',
    naming: 'pathOnly',
    options: [{ name: 'uuid', kind: 'flag', help: 'return the pool uuid rather than pool name' }],
    example: 'tslxc vol-pool /var/lib/disks/disk.img',
    show: ({ pool }, { output }, options) =>
      output.line(options.has('uuid') ? pool.uuid : pool.name),
    data: identityOf,
  }),
};

function identityOf({ name, path, pool }: StorageVolume): object {
  return { name, path, pool };
}

async function showInformation(
  volume: StorageVolume,
  { output }: Context,
  options: Options,
): Promise<void> {
  const { type, capacity, allocation, physical } = await volume.info();
  const size = options.has('bytes') ? (bytes: number) => `${bytes} bytes` : prettySize;
  const second = options.has('physical')
    ? (['Physical:', physical] as const)
    : (['Allocation:', allocation] as const);
  const rows: readonly (readonly [string, string])[] = [
    ['Name:', volume.name],
    ['Type:', type],
    ['Capacity:', size(capacity)],
    [second[0], size(second[1])],
  ];
  for (const [label, value] of rows) output.line(`${label.padEnd(15)} ${value}`);
}

async function list(context: Context, options: Options): Promise<undefined> {
  const pool = await findPool(await context.connect(), options.required('pool'));
  const found = await withErrorMessage('Failed to list volumes', () => pool.listVolumes());
  const data = found.map(({ volume, ...info }) => ({ ...identityOf(volume), ...info }));
  if (showsData(context.output, options, data)) return undefined;
  const isDetailed = options.has('details');
  const rows = found.map(({ volume, type, capacity, allocation }) => [
    volume.name,
    volume.path,
    ...(isDetailed ? [type, prettySize(capacity), prettySize(allocation)] : []),
  ]);
  const header = ['Name', 'Path', ...(isDetailed ? ['Type', 'Capacity', 'Allocation'] : [])];
  const style = context.output.verbosity === 'quiet' ? 'bare' : 'full';
  context.output.text(formatTable({ header, rows }, style));
  return undefined;
}
