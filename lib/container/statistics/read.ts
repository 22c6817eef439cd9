/** Reads a running container's cgroups, wherever they are: v1, v2, or some of each. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { present } from '../../present';
import type { StartRecord } from '../record/run-state';
import { cpuFromV1, cpuFromV2 } from './cpu';
import { ioFromV1, ioFromV2 } from './io';
import { memoryFromV1, memoryFromV2 } from './memory';
import { singleNumber } from './parse';
import type { Files } from './parse';
import { pidsFrom } from './pids';
import { pressureFrom } from './pressure';
import type { CgroupStatistics } from './types';

/** The cgroups of one container. */
export interface CgroupFolders {
  /** Of the v1 hierarchy that has a controller. */
  v1(controller: string): string | undefined;
  readonly unified?: string;
}

/** Where its start made them, by what it wrote down to remove. */
export function cgroupFolders(
  { undo }: Pick<StartRecord, 'undo'>,
  layout: CgroupLayout,
): CgroupFolders {
  const made = undo.flatMap((one) => (one.undo === 'removeCgroups' ? one.paths : []));
  const below = (mount: string): string | undefined =>
    made.find((path) => path.startsWith(`${mount}/`));
  const unified = layout.unified && below(layout.unified.mount);
  return {
    v1: (controller) => {
      const found = layout.hierarchies.find(({ controllers }) => controllers.includes(controller));
      return found && below(found.mount);
    },
    ...(unified === undefined ? {} : { unified }),
  };
}

/** Undefined fields are those that this host can't tell; all of them, when the container has just ended. */
export function readCgroupStatistics(start: StartRecord, layout: CgroupLayout): CgroupStatistics {
  const folders = cgroupFolders(start, layout);
  const v1 = (controller: string): Files | undefined => filesOf(folders.v1(controller));
  const unified = filesOf(folders.unified);
  const [cpuacct, memory, blkio] = [v1('cpuacct'), v1('memory'), v1('blkio')];
  const pids = v1('pids') ?? unified;
  return present({
    cpu: cpuacct ? cpuFromV1(cpuacct, v1('cpu')) : unified && cpuFromV2(unified),
    memory: memory ? memoryFromV1(memory, innerFiles(folders)) : unified && memoryFromV2(unified),
    io: blkio ? ioFromV1(blkio, deviceName) : unified && ioFromV2(unified, deviceName),
    pids: pids && pidsFrom(pids),
    pressure: unified && pressureFrom(unified),
  });
}

/** The two numbers that `dominfo` shows. */
export interface Usage {
  readonly memoryBytes: number;
  readonly cpuNanoseconds: bigint;
}

/** These alone, without reading all the others. Undefined when the container has just ended. */
export function readUsage(start: StartRecord, layout: CgroupLayout): Usage | undefined {
  const folders = cgroupFolders(start, layout);
  const unified = filesOf(folders.unified);
  const cpuacct = filesOf(folders.v1('cpuacct'));
  const memory = filesOf(folders.v1('memory'));
  const cpu = cpuacct ? cpuFromV1(cpuacct, undefined) : unified && cpuFromV2(unified);
  const usage = memory ? memory('memory.usage_in_bytes') : unified?.('memory.current');
  const memoryBytes = singleNumber(usage);
  if (cpu === undefined || memoryBytes === undefined) return undefined;
  return { memoryBytes, cpuNanoseconds: cpu.total };
}

/** In v1 hierarchies with limits the container is in a cgroup below: see plan/cgroups.ts. */
function innerFiles(folders: CgroupFolders): Files | undefined {
  const memory = folders.v1('memory');
  const inner = memory === undefined ? undefined : join(memory, 'init');
  return inner !== undefined && existsSync(inner) ? filesOf(inner) : undefined;
}

/** A reader of the files of one cgroup. */
export function filesOf(folder: string | undefined): Files | undefined {
  return folder === undefined ? undefined : (name) => readOptional(join(folder, name));
}

/** What says that there is no such file, or that it has just gone, or that the kernel has it switched off. */
const absent = new Set(['ENOENT', 'ENODEV', 'EOPNOTSUPP']);

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function deviceName(device: string): string | undefined {
  try {
    return basename(readlinkSync(`/sys/dev/block/${device}`));
  } catch {
    return undefined;
  }
}
