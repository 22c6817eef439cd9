/** The CPUs and memory nodes that a container may use, in the files of both cgroup versions. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { boundNodes } from '../../domain/tuning/numa-tuning';
import { unitedNumbers } from '../../domain/xml/number-set';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { CgroupPlace } from '../cgroups/places';
import type { LimitWrite } from './limit-write';

export type CpusetFile = 'cpus' | 'mems';

/** The sets of the definition; for one that is missing, the available set. */
export function definedCpuset(
  { vcpu, numaTuning }: Pick<DomainDefinition, 'vcpu' | 'numaTuning'>,
  available: CgroupLayout['cpuset'],
): CgroupLayout['cpuset'] {
  return (
    available && {
      cpus: vcpu.cpuset ?? available.cpus,
      mems: boundNodes(numaTuning) ?? available.mems,
    }
  );
}

/** The writes for a new directory of v2, which has the sets of its parent until something is written. */
export function cpusetWrites(
  { path }: CgroupPlace,
  { vcpu, numaTuning }: Pick<DomainDefinition, 'vcpu' | 'numaTuning'>,
): LimitWrite[] {
  const write = (file: CpusetFile, value: string | undefined): LimitWrite[] =>
    value === undefined ? [] : [cpusetWrite(path, file, value)];
  return [...write('cpus', vcpu.cpuset), ...write('mems', boundNodes(numaTuning))];
}

export interface CpusetChange {
  readonly file: CpusetFile;
  /** Undefined for all that are available. */
  readonly wanted: string | undefined;
  readonly current: string;
  readonly available: string;
}

/**
 * The writes for a running container. On v1 the set of a directory must contain those of its children, and be contained
 * in that of its parent: a set grows from the top, and shrinks from the bottom.
 */
export function changeCpuset(
  { version, path, joined }: CgroupPlace,
  { file, wanted, current, available }: CpusetChange,
): LimitWrite[] {
  // The kernel never empties a cpuset that has tasks, so all that is available is written.
  const value = wanted ?? available;
  if (version === 'v2') return [cpusetWrite(path, file, value)];
  const both = unitedNumbers(current, value);
  return [
    cpusetWrite(path, file, both),
    cpusetWrite(joined, file, both),
    cpusetWrite(joined, file, value),
    cpusetWrite(path, file, value),
  ];
}

/** The set that the container can use now. */
export function readCpuset(
  { version, path }: CgroupPlace,
  file: CpusetFile,
  read: (path: string) => string | undefined,
): string | undefined {
  const name = version === 'v2' ? `cpuset.${file}.effective` : `cpuset.${file}`;
  return read(`${path}/${name}`)?.trim();
}

function cpusetWrite(path: string, file: CpusetFile, value: string): LimitWrite {
  return { path: `${path}/cpuset.${file}`, value, as: 'text' };
}
