/**
 * How many calls a container's life takes: what each operation of its plan and each step of its cgroups takes, which depends on what
 * the machine has, and besides that what every life takes. The verdict is the same on every machine.
 */
import type { CgroupLayout } from '../../../lib/host/kernel/cgroup-layout';
import type { CgroupStep } from '../../../lib/host/native';
import type { CgroupPlan } from '../../../lib/plan/cgroups/cgroups';
import type { Operation } from '../../../lib/plan/operation';
import type { Plan } from '../../../lib/plan/plan';
import type { StartWarning } from '../../../lib/plan/warnings';
import { classify, countCalls } from './classes';
import type { Counts } from './classes';
import type { CountedCall, Part } from './traced-life';
import { bytesOfDestroy, bytesOfStart } from './written';

/** What a count depends on. */
export interface LifeFacts {
  readonly plan: Plan;
  readonly layout: CgroupLayout;
  readonly cgroups: CgroupPlan;
  /** Places of the plan that init looked for in vain, of those that may be missing. */
  readonly missing: number;
  readonly warnings: readonly StartWarning[];
  /** One of the processes. */
  readonly pid: number;
}

interface Cost {
  readonly mounts?: number;
  readonly opened?: number;
  /** Besides those. */
  readonly others?: number;
}

type Costs = {
  readonly [Name in Operation['op']]?: (operation: Extract<Operation, { op: Name }>) => Cost;
};

/** An entry is made in its folder, which is opened when it is not the tree itself. */
const folder = (path: string): number => (path.includes('/') ? 1 : 0);

/** What native/plan/interpret.cc does for each operation. Of those that are not here, a life has one, or they count as nothing. */
const costs: Costs = {
  openTree: () => ({ mounts: 1 }),
  cloneTree: () => ({ mounts: 1, opened: 1 }),
  makeFilesystem: ({ options }) => ({ mounts: 2, others: options.length + 1 }),
  setTreeAttributes: () => ({ mounts: 1 }),
  makeNode: ({ path }) => ({ opened: folder(path), others: 2 }),
  makeDirectory: ({ path }) => ({ opened: folder(path), others: 1 }),
  makeSymlink: ({ path }) => ({ opened: folder(path), others: 1 }),
  makeNamespacePrivate: () => ({ mounts: 1 }),
  stackTree: () => ({ mounts: 1 }),
  enterTree: () => ({ mounts: 1, others: 1 }),
  attachTree: () => ({ mounts: 1, opened: 1 }),
  coverPath: () => ({ mounts: 2, opened: 1 }),
  protectPath: () => ({ mounts: 3, opened: 1 }),
  openPlace: () => ({ opened: 1 }),
  // pivot_root, and the old root is taken off until nothing is left of it.
  pivotRoot: () => ({ mounts: 3, opened: 1, others: 2 }),
};

/** Attaching a cover that isn't made, since there is nothing to cover. */
const costOfCover = 2;

function costOf(operations: readonly Operation[]): Required<Cost> {
  const all = { mounts: 0, opened: 0, others: 0 };
  for (const operation of operations) {
    const cost = costs[operation.op] as ((one: Operation) => Cost) | undefined;
    const { mounts = 0, opened = 0, others = 0 } = cost?.(operation) ?? {};
    all.mounts += mounts;
    all.opened += opened;
    all.others += others;
  }
  return all;
}

const count = <T>(list: readonly T[], holds: (one: T) => boolean): number =>
  list.filter(holds).length;

/** Writes in a row to one file are made by one opening. */
function filesWritten(steps: readonly CgroupStep[]): number {
  const paths = steps.flatMap((one) => (one.step === 'write' ? [one.path] : ['']));
  return count(
    paths.map((path, index) => [path, paths[index - 1]] as const),
    ([path, before]) => path !== '' && path !== before,
  );
}

const none: Counts = {
  processes: 0,
  executed: 0,
  mounts: 0,
  opened: 0,
  cgroupFoldersMade: 0,
  cgroupFoldersRemoved: 0,
  cgroupMarks: 0,
  cgroupFilesRead: 0,
  cgroupFilesWritten: 0,
  cgroupWrites: 0,
  syncs: 0,
  renamed: 0,
  removed: 0,
  bytes: 0,
  calls: 0,
};

/** What every life takes, wherever it is lived. */
const always: Readonly<Record<Part, Partial<Counts>>> = {
  start: {
    processes: 3,
    executed: 2,
    // /proc/self/cgroup among them, for hierarchies that are mounted nowhere; so for a command. So is init's list of interfaces, by
    // which the monitor counts what is left at the end.
    // Two more tell whether init has executed its program, or was killed in the midst of that.
    opened: 26,
    renamed: 2,
    removed: 8,
    calls: 144,
  },
  exec: { processes: 6, executed: 2, opened: 18, cgroupFilesRead: 1, bytes: 1, calls: 130 },
  destroy: { opened: 11, cgroupFilesRead: 1, renamed: 1, removed: 9, calls: 44 },
};

/** What depends on the machine. */
function depending(facts: LifeFacts): Record<Part, Partial<Counts>> {
  const { plan, layout, cgroups, missing } = facts;
  const all = [...plan.outside, ...plan.mapped, ...plan.inside];
  const operations = costOf(all);
  const { steps, directories, tasks, monitorTasks, unified } = cgroups;
  const made = count(steps, ({ step }) => step === 'make');
  const marks = count(steps, ({ step }) => step === 'mark');
  const written = filesWritten(steps);
  const writes = count(steps, ({ step }) => step === 'write');
  const trees = unified === '' ? 0 : 1;
  const programs = count(steps, ({ step }) => step === 'devices');
  const freezers = count(layout.hierarchies, ({ controllers }) => controllers.includes('freezer'));
  // The attendant of a command outlives its caller's, which a service manager ends by its own hierarchy.
  const named = count(layout.hierarchies, ({ controllers }) =>
    controllers.includes('name=systemd'),
  );
  const entered = tasks.length + monitorTasks.length;
  const mounts = operations.mounts - costOfCover * missing;
  const texts = { ...facts, directories, operations: all };
  return {
    start: {
      mounts,
      opened: operations.opened,
      cgroupFoldersMade: made,
      cgroupMarks: marks,
      cgroupFilesRead: 2 * trees + programs,
      cgroupFilesWritten: written + entered,
      cgroupWrites: writes + entered,
      bytes: bytesOfStart(texts),
      calls:
        mounts +
        operations.opened +
        operations.others +
        (made + marks + written + entered) +
        3 * trees +
        2 * programs,
    },
    exec: {
      cgroupFilesRead: 3 * trees + freezers,
      cgroupFilesWritten: tasks.length + named,
      cgroupWrites: tasks.length + named,
      calls: 2 * tasks.length + 5 * trees + 2 * freezers + named,
    },
    destroy: {
      cgroupFoldersRemoved: 2 * directories.length,
      bytes: bytesOfDestroy(texts),
      calls: 3 * directories.length,
    },
  };
}

/** What a life takes on a machine with these facts. */
export function expectedCounts(facts: LifeFacts): Record<Part, Counts> {
  const more = depending(facts);
  const sum = (part: Part): Counts =>
    Object.fromEntries(
      Object.keys(none).map((name) => {
        const key = name as keyof Counts;
        return [key, (always[part][key] ?? 0) + (more[part][key] ?? 0)];
      }),
    ) as unknown as Counts;
  return { start: sum('start'), exec: sum('exec'), destroy: sum('destroy') };
}

/** Shares by which these may differ: pids have more digits or fewer than the one that is known, and some calls depend on those of libc. */
const room: Partial<Record<keyof Counts, number>> = { bytes: 0.02, calls: 0.02 };

/** Each class that is not as expected, in words: how many more, and all calls that there are of it. */
export function differences(part: Part, calls: readonly CountedCall[], expected: Counts): string[] {
  const classes = classify(calls);
  const counted = countCalls(calls);
  return (Object.keys(none) as (keyof Counts)[])
    .filter((key) => Math.abs(counted[key] - expected[key]) > expected[key] * (room[key] ?? 0))
    .map((key) => {
      const by = counted[key] - expected[key];
      const than = by > 0 ? `${by} more` : `${-by} fewer`;
      const found = classes[key].map(({ process, text }) => `  ${process}: ${text}`);
      return [`${part}: ${key}: ${than} than ${expected[key]}:`, ...found].join('\n');
    });
}
