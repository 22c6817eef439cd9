/**
 * Where a running container's cgroups are: in v1 hierarchies, v2, or some of each; and two numbers that are read
 * without the others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { StartRecord } from '../record/run-state';
import { cpuFromV1, cpuFromV2 } from './cpu';
import { singleNumber } from './parse';
import type { Files } from './parse';

/** The cgroups of one container. */
export interface CgroupFolders {
  /** The folder in the v1 hierarchy that has a controller. */
  readonly v1: (controller: string) => string | undefined;
  readonly unified?: string;
}

/** The folders that the start made, by the undo steps on its record. */
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

/** The two numbers that `dominfo` shows. */
export interface Usage {
  readonly memoryBytes: number;
  readonly cpuNanoseconds: bigint;
}

/** Reads these alone, without all the others. Undefined when the container has just ended. */
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

/** A reader of the files of one cgroup. */
function filesOf(folder: string | undefined): Files | undefined {
  return folder === undefined ? undefined : (name) => readOptional(join(folder, name));
}

/** Errors which mean that there is no such file, or that it has just gone, or that the kernel has it switched off. */
const absent = new Set(['ENOENT', 'ENODEV', 'EOPNOTSUPP']);

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
