/** purge: removes everything from this host that tslxc has put there. */
import { formatOption, showsData, wantsData } from '../../output/data';
import { CommandError, UsageError, withErrorMessage } from '../../shell/command-error';
import { askYesOrNo } from '../../terminal/ask';
import type { PurgeItem } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  purge: {
    group: 'tslxc',
    summary: 'stop everything, and remove all that tslxc has put on this host',
    description:
      'Stop all domains, networks and storage pools, and remove everything that tslxc has made for them:\n' +
      'definitions, autostart, networks, run state, logs, leases, ranges of ids, cgroups, rules of\n' +
      'nftables and bridges, the images that were pulled, and what containers made from them have\n' +
      'written, with its snapshots, unless it was put elsewhere: each is named, and so are volumes whose pool\n' +
      'is below these files. Other root trees, upper layers of overlays, volumes and files of snapshots are\n' +
      'your data, and stay. So does what belongs to libvirt, or to another root of tslxc.\n' +
      'Asks before, and removes what it has listed then, or nothing if there is more by the time of the\n' +
      'answer; without a terminal it needs --yes.',
    options: [
      { name: 'yes', kind: 'flag', help: 'do not ask' },
      { name: 'print', kind: 'flag', help: 'only say what would be removed' },
      { ...formatOption, help: "with --print 'text' (the default), or 'json' for programs" },
    ],
    example: 'tslxc purge --print',
    run: purge,
  },
};

async function purge(context: Context, options: Options): Promise<number | undefined> {
  options.exclusive('yes', 'print');
  const { output, terminal } = context;
  const isPrint = options.has('print');
  if (wantsData(options) && !isPrint) throw new UsageError('--format json needs --print');
  const asks = !options.has('yes') && !isPrint;
  if (asks && !terminal.isInteractive()) {
    throw new CommandError('There is no terminal to ask on: give --yes to remove everything', {
      code: 'OPERATION_DENIED',
    });
  }
  const connection = await context.connect();
  let shown: readonly PurgeItem[] | undefined;
  if (!options.has('yes')) {
    const previewed = await connection.previewPurge();
    shown = previewed;
    if (showsData(output, options, previewed)) return undefined;
    if (previewed.length === 0) output.line('Nothing of tslxc is on this host');
    for (const item of previewed) output.line(describe(item, 'future'));
    if (isPrint) return undefined;
    if (!(await askYesOrNo(terminal, 'Remove all this?'))) {
      output.line('Nothing was removed');
      return 1;
    }
  }
  await withErrorMessage('Failed to remove everything', () =>
    connection.purge({
      onItem: (item) => output.line(describe(item, 'past')),
      ...(shown === undefined ? {} : { shown }),
    }),
  );
  return undefined;
}

const kinds: Readonly<Record<PurgeItem['kind'], string>> = {
  domain: 'domain',
  network: 'network',
  pool: 'storage pool',
  cgroup: 'cgroup',
  partition: 'partition',
  files: 'files in',
  upper: 'upper layer',
  snapshot: 'snapshot',
  volume: 'volume',
  unfinished: 'unfinished copy',
};

/** Of what has a definition that can't be read. */
const unlisted: Readonly<Partial<Record<PurgeItem['kind'], string>>> = {
  domain: 'what it has written may not be listed',
  pool: 'its volumes are not listed',
};

function describe(item: PurgeItem, tense: 'future' | 'past'): string {
  const { kind, name, fate, state, unreadable } = item;
  const what = ['domain', 'network', 'pool'].includes(kind) ? `'${name}'` : name;
  const verb = tense === 'future' ? fate : fate === 'keep' ? 'kept' : 'removed';
  const running = state === 'running' ? (tense === 'future' ? ', which runs' : ', stopped') : '';
  const unknown =
    unreadable === undefined ? '' : `, whose definition can't be read: ${unlisted[kind] ?? ''}`;
  return `${verb} ${kinds[kind]} ${what}${running}${unknown}`;
}
