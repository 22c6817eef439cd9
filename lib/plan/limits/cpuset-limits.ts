/** Which CPUs and memory nodes a container may use, in the files of both versions. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { unitedNumbers } from '../../domain/xml/number-set';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import type { CgroupPlace } from '../cgroups/places';
import type { LimitWrite } from './limit-write';

export type CpusetFile = 'cpus' | 'mems';

/** What a definition says, and where it says nothing what there is. */
export function definedCpuset(
  { vcpu, numaTuning }: Pick<DomainDefinition, 'vcpu' | 'numaTuning'>,
  available: CgroupLayout['cpuset'],
): CgroupLayout['cpuset'] {
  return (
    available && {
      cpus: vcpu.cpuset ?? available.cpus,
      mems: numaTuning?.nodeset ?? available.mems,
    }
  );
}

/** On v2, where a directory has what the one above it has until something is written. */
export function cpusetWrites(
  { path }: CgroupPlace,
  { vcpu, numaTuning }: Pick<DomainDefinition, 'vcpu' | 'numaTuning'>,
): LimitWrite[] {
  const write = (file: CpusetFile, value: string | undefined): LimitWrite[] =>
    value === undefined ? [] : [cpusetWrite(path, file, value)];
  return [...write('cpus', vcpu.cpuset), ...write('mems', numaTuning?.nodeset)];
}

export interface CpusetChange {
  readonly file: CpusetFile;
  /** Undefined for all that there are. */
  readonly wanted: string | undefined;
  readonly current: string;
  readonly available: string;
}

/**
 * Of a running container. On v1 a directory has to hold what those below it have, and no more than the one above it: it
 * grows from the top, and shrinks from the bottom.
 */
export function changeCpuset(
  { version, path, joined }: CgroupPlace,
  { file, wanted, current, available }: CpusetChange,
): LimitWrite[] {
  // The kernel takes nothing away from a cpuset with tasks, on v2 neither.
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

/** What the kernel lets it use now. */
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
