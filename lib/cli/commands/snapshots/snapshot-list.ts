/** snapshot-list: the snapshots of a domain, as virsh's table, as a tree, or with one name per line. */
import { domainOption, findDomain } from '../../options/domain-argument';
import { formatOption, showsData } from '../../output/data';
import { localTimeWithZone } from '../../output/words/local-time';
import { formatTable } from '../../output/table';
import { printable } from '../../../printable';
import type { SnapshotInfo } from '../../../index';
import type { Option, Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import { CommandError } from '../../shell/command-error';
import { chosenSnapshot } from './snapshot-argument';
import { childrenIn, descendantsIn, treeLines } from '../../output/tree';

const flag = (name: string, help: string): Option => ({ name, kind: 'flag', help });

/** Pairs of options that exclude each other, in the order in which they are checked. */
const excluded: readonly (readonly string[])[] = [
  ['tree', 'name'],
  ['parent', 'roots'],
  ['parent', 'tree'],
  ['roots', 'tree'],
  ['roots', 'from'],
  ['roots', 'current'],
];

/** Filters by which a tree could have gaps; they exclude `--tree`. */
const byState = ['leaves', 'no-leaves', 'inactive', 'active', 'disk-only', 'internal', 'external'];

export const commands: CommandTable = {
  'snapshot-list': {
    group: 'snapshot',
    summary: 'list snapshots for a domain',
    description: 'Snapshot list for a domain: by name.',
    options: [
      domainOption,
      flag('parent', 'add a column showing parent snapshot'),
      flag('roots', 'list only snapshots without parents'),
      flag('leaves', 'list only snapshots without children'),
      flag('no-leaves', 'list only snapshots that are not leaves (with children)'),
      flag('metadata', 'accepted: every snapshot is on record'),
      flag('no-metadata', 'list only snapshots that are not on record: there are none'),
      flag('inactive', 'filter by snapshots taken while inactive'),
      flag(
        'active',
        'filter by snapshots taken while active (full system snapshots): there are none',
      ),
      flag('disk-only', 'filter by disk-only snapshots: those of paused domains'),
      flag('internal', 'filter by internal snapshots: all are'),
      flag('external', 'filter by external snapshots: there are none'),
      flag('tree', 'list snapshots in a tree'),
      {
        name: 'from',
        kind: 'string',
        help: 'limit list to children of given snapshot',
        positional: 'undocumented',
      },
      flag('current', 'limit list to children of current snapshot'),
      flag('descendants', 'with --from, list all descendants'),
      flag('name', 'list snapshot names only'),
      flag('topological', 'sort list topologically rather than by name'),
      formatOption,
    ],
    example: 'tslxc snapshot-list helloworld --tree',
    run: list,
  },
};

async function list(context: Context, options: Options): Promise<undefined> {
  checkOptions(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const all = await domain.snapshots.list();
  const from = chosenSnapshot(all, options, 'from');
  const shown = sorted(below(all, from, options), options).filter(filterOf(all, options));
  const { output } = context;
  if (showsData(output, options, shown)) return undefined;
  if (options.has('tree')) {
    for (const line of treeLines(sorted(all, options).filter(filterOf(all, options)), from)) {
      output.line(line);
    }
    return undefined;
  }
  const withParent = options.has('parent');
  if (options.has('name')) {
    for (const { name, parent } of shown) {
      const words = withParent && parent !== undefined ? [name, parent] : [name];
      output.text(`${words.map(printable).join('\t')}\n`);
    }
    return undefined;
  }
  const header = ['Name', 'Creation Time', 'State', ...(withParent ? ['Parent'] : [])];
  const rows = shown.map(({ name, created, state, parent = '' }) => [
    name,
    localTimeWithZone(created),
    state,
    ...(withParent ? [parent] : []),
  ]);
  output.text(formatTable({ header, rows }, output.verbosity === 'quiet' ? 'bare' : 'full'));
  return undefined;
}

/** @throws UsageError for options that virsh refuses together; CommandError for `--descendants` without a snapshot. */
function checkOptions(options: Options): void {
  for (const pair of excluded) options.exclusive(...pair);
  for (const name of byState) {
    if (options.has(name)) options.exclusive(name, 'tree');
  }
  if (!options.has('descendants') || options.has('from') || options.has('current')) return;
  throw new CommandError('--descendants requires either --from or --current', {
    code: 'INVALID_ARG',
  });
}

function below(
  all: readonly SnapshotInfo[],
  from: SnapshotInfo | undefined,
  options: Options,
): readonly SnapshotInfo[] {
  if (from === undefined) return all;
  return options.has('descendants') ? descendantsIn(all, from.name) : childrenIn(all, from.name);
}

/** Sorted by name, regardless of case, or with `--topological` in order of creation, in which each comes after its parent. */
function sorted(snapshots: readonly SnapshotInfo[], options: Options): readonly SnapshotInfo[] {
  if (options.has('topological')) return snapshots;
  const order = ({ name }: SnapshotInfo): string => `${name.toLowerCase()}\0${name}`;
  return [...snapshots].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** A snapshot must match one of the given flags in each group of flags. */
function filterOf(
  all: readonly SnapshotInfo[],
  options: Options,
): (snapshot: SnapshotInfo) => boolean {
  const parents = new Set(all.map(({ parent }) => parent));
  const groups: readonly Readonly<Record<string, (snapshot: SnapshotInfo) => boolean>>[] = [
    { roots: ({ parent }) => parent === undefined },
    { leaves: ({ name }) => !parents.has(name), 'no-leaves': ({ name }) => parents.has(name) },
    { metadata: () => true, 'no-metadata': () => false },
    {
      inactive: ({ state }) => state === 'shutoff',
      active: () => false,
      'disk-only': ({ state }) => state === 'disk-snapshot',
    },
    { internal: () => true, external: () => false },
  ];
  return (snapshot) =>
    groups.every((group) => {
      const given = Object.entries(group).filter(([name]) => options.has(name));
      return given.length === 0 || given.some(([, passes]) => passes(snapshot));
    });
}
