/**
 * Reads what running containers use, and whether they are frozen: in jobs off the event loop, each for one kind of
 * folder of many containers, whose answers are taken in slices.
 */
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { constants as system } from 'node:os';
import { SyscallError } from '../../errors';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { Slice } from '../../host/slices';
import { survey } from '../../host/survey';
import type { Sight } from '../../host/survey';
import { innerFolder } from '../../plan/cgroups/names';
import { present } from '../../present';
import { isStoppedIn } from '../init/process-stat';
import type { RunningRecord, StartRecord } from '../record/run-state';
import { cpuFromV1, cpuFromV2 } from './cpu';
import { ioFromV1, ioFromV2 } from './io';
import type { DeviceName } from './io';
import { memoryFromV1, memoryFromV2 } from './memory';
import type { Files } from './parse';
import { pidsFrom } from './pids';
import { pressureFrom } from './pressure';
import { cgroupFolders } from './read';
import type { CgroupFolders } from './read';
import type { CgroupStatistics } from './types';
import { unlessMissing } from '../../host/state/file-error';

/** A container that runs. */
export interface RunningContainerRecords {
  readonly start: StartRecord;
  readonly running: RunningRecord;
}

/** One moment of a running container. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Whether it has been asked to freeze. */
  readonly isFrozen: boolean;
  /** Whether its monitor is stopped, and answers no request. */
  readonly isStopped: boolean;
  /**
   * Fields that this host can't provide are undefined; all are, when the container has just ended.
   *
   * @throws SyscallError for a file that can't be read.
   */
  statistics(): CgroupStatistics;
}

/** Containers whose files are read in one job: some tenths of a megabyte. */
const inOneJob = 64;

/** A kind of folder of a container: the files that are read in it, and where it is. */
interface Kind {
  readonly files: readonly string[];
  readonly folder: (
    container: RunningContainerRecords,
    folders: CgroupFolders,
  ) => string | undefined;
}

const pidsFiles = ['pids.current', 'pids.peak', 'pids.max', 'pids.events'];
const throttled = ['io_service_bytes', 'io_serviced'].map((name) => `blkio.throttle.${name}`);

/** In hierarchies with limits the container's processes are in a cgroup below: see plan/cgroups. */
function innerOf(folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : join(folder, innerFolder);
}

const kinds = {
  process: { files: ['stat'], folder: ({ running }) => `/proc/${running.id}` },
  cpuacct: {
    files: ['cpuacct.usage', 'cpuacct.stat', 'cpuacct.usage_percpu'],
    folder: (_, { v1 }) => v1('cpuacct'),
  },
  cpu: { files: ['cpu.stat'], folder: (_, { v1 }) => v1('cpu') },
  innerCpu: {
    files: ['cpu.stat'],
    folder: (_, { v1, unified }) => innerOf(v1('cpu') ?? unified),
  },
  memory: {
    files: [
      'memory.usage_in_bytes',
      'memory.stat',
      'memory.limit_in_bytes',
      'memory.max_usage_in_bytes',
      'memory.oom_control',
      'memory.failcnt',
      'memory.kmem.usage_in_bytes',
    ],
    folder: (_, { v1 }) => v1('memory'),
  },
  innerMemory: {
    files: ['memory.oom_control', 'memory.failcnt'],
    folder: (_, { v1 }) => innerOf(v1('memory')),
  },
  blkio: {
    files: [...throttled.map((name) => `${name}_recursive`), ...throttled],
    folder: (_, { v1 }) => v1('blkio'),
  },
  pids: { files: pidsFiles, folder: (_, { v1 }) => v1('pids') },
  innerPids: {
    files: ['pids.events'],
    folder: (_, { v1, unified }) => innerOf(v1('pids') ?? unified),
  },
  freezer: { files: ['freezer.self_freezing'], folder: (_, { v1 }) => v1('freezer') },
  unified: {
    files: [
      'cgroup.freeze',
      'cpu.stat',
      'memory.current',
      'memory.max',
      'memory.peak',
      'memory.swap.current',
      'memory.events',
      'memory.stat',
      'io.stat',
      ...pidsFiles,
      'cpu.pressure',
      'memory.pressure',
      'io.pressure',
    ],
    folder: (_, { unified }) => unified,
  },
} as const satisfies Readonly<Record<string, Kind>>;

type KindName = keyof typeof kinds;

/** What was read of one container; a folder is undefined where it has none. */
type Read = Readonly<Record<KindName, Files | undefined>>;

/** One snapshot of each container, in their order. */
export async function takeSnapshots(
  containers: readonly RunningContainerRecords[],
  layout: CgroupLayout,
): Promise<Snapshot[]> {
  const nameOf = deviceNames();
  const snapshots: Snapshot[] = [];
  for (let first = 0; first < containers.length; first += inOneJob) {
    const some = containers.slice(first, first + inOneJob);
    for (const read of await readSome(some, layout)) snapshots.push(snapshotOf(read, nameOf));
  }
  return snapshots;
}

async function readSome(
  containers: readonly RunningContainerRecords[],
  layout: CgroupLayout,
): Promise<Read[]> {
  const folders = containers.map(({ start }) => cgroupFolders(start, layout));
  const byKind = await Promise.all(
    Object.values<Kind>(kinds).map(({ files, folder }) => {
      const paths = containers.map((container, index) => {
        const own = folders[index];
        return own && folder(container, own);
      });
      return readFiles(paths, files);
    }),
  );
  const names = Object.keys(kinds) as KindName[];
  return containers.map((_, index) => {
    const ofOne = names.map((name, kind) => [name, byKind[kind]?.[index]] as const);
    return Object.fromEntries(ofOne) as Read;
  });
}

/** The files of each of these folders; undefined for one that is undefined. */
async function readFiles(
  paths: readonly (string | undefined)[],
  names: readonly string[],
): Promise<(Files | undefined)[]> {
  const folders = paths.filter((path) => path !== undefined);
  if (folders.length === 0) return paths.map(() => undefined);
  const files = names.map((name) => ({ name, look: 'text' }) as const);
  const sights = await survey({ folders, files });
  const slice = new Slice();
  const found: (Files | undefined)[] = [];
  for (const path of paths) {
    if (path === undefined) {
      found.push(undefined);
      continue;
    }
    const seen = new Map(names.map((name) => [name, sights.next()]));
    found.push((name) => textOf(seen.get(name), join(path, name)));
    await slice.rest();
  }
  return found;
}

const { ENOENT, ENODEV, EOPNOTSUPP, ESRCH } = system.errno;
/** There is no such file or process, or it has just gone, or the kernel has it switched off. */
const absent = [ENOENT, ENODEV, EOPNOTSUPP, ESRCH];

function textOf(sight: Sight | undefined, path: string): string | undefined {
  if (sight?.seen === 'text') return sight.bytes.toString('latin1');
  if (sight?.seen !== 'failed')
    throw new RangeError(`${path} is not among the files that are read`);
  const { errno, syscall } = sight;
  if (absent.includes(errno)) return undefined;
  throw new SyscallError({ errno, syscall, path, step: 'read statistics' });
}

function snapshotOf(read: Read, nameOf: DeviceName): Snapshot {
  const { process, freezer, unified } = read;
  return {
    time: Date.now(),
    isStopped: isStoppedIn(process?.('stat')),
    isFrozen: isSet(freezer ? freezer('freezer.self_freezing') : unified?.('cgroup.freeze')),
    statistics: () => statisticsFrom(read, nameOf),
  };
}

function isSet(text: string | undefined): boolean {
  return text?.startsWith('1') === true;
}

function statisticsFrom(read: Read, nameOf: DeviceName): CgroupStatistics {
  const { cpuacct, cpu, innerCpu, memory, innerMemory, blkio, innerPids, unified } = read;
  const pids = read.pids ?? unified;
  return present({
    cpu: cpuacct ? cpuFromV1(cpuacct, cpu, innerCpu) : unified && cpuFromV2(unified, innerCpu),
    memory: memory ? memoryFromV1(memory, innerMemory) : unified && memoryFromV2(unified),
    io: blkio ? ioFromV1(blkio, nameOf) : unified && ioFromV2(unified, nameOf),
    pids: pids && pidsFrom(pids, innerPids),
    pressure: unified && pressureFrom(unified),
  });
}

/** Each name is looked up once, since most containers use the same devices. */
function deviceNames(): DeviceName {
  const known = new Map<string, string | undefined>();
  return (device) => {
    if (!known.has(device)) known.set(device, deviceName(device));
    return known.get(device);
  };
}

function deviceName(device: string): string | undefined {
  const link = unlessMissing(() => readlinkSync(`/sys/dev/block/${device}`));
  return link === undefined ? undefined : basename(link);
}
