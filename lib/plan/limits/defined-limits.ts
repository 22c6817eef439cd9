/** The limits of a definition as values in the files of a container's cgroups. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { usualCgroups } from '../../domain/tuning/counted-limits';
import { boundNodes } from '../../domain/tuning/numa-tuning';
import { missingNumbers } from '../../domain/xml/number-set';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { blockWrites, mostWeight, type BlockNumbers } from './block-limits';
import { placeOf, type CgroupPlace, type Controller } from '../cgroups/places';
import { cgroupWrites, hugepageWrites, processWrites } from './counted-limits';
import { cpuWrites, strictestTime } from './cpu-limits';
import { cpusetWrites } from './cpuset-limits';
import { writesOnLevels, type LimitWrite } from './limit-write';
import { definedMemory, memoryWrites } from './memory-limits';

/**
 * The writes for a new cgroup, where a missing limit needs none. A cpuset of v1 is filled elsewhere.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a limit that this host doesn't support, and for CPUs and nodes that it
 * does not have.
 */
export function definedLimits(
  definition: DomainDefinition,
  places: readonly CgroupPlace[],
  host: { readonly layout: CgroupLayout; readonly blockNumbers: BlockNumbers },
): LimitWrite[] {
  const { cpuTuning, extension } = definition;
  const need = (controller: Controller, place: SourceLocation): CgroupPlace =>
    placeOf(places, controller) ?? notHere(controller, place);
  const at = (path: string, { position }: Pick<SourceLocation, 'position'>): SourceLocation => ({
    path,
    position,
  });
  const { processLimit, hugepageLimits = [] } = extension;
  const container = 'domain/metadata/tslxc:container';
  return [
    ...limitMemory(definition, places),
    ...(cpuTuning
      ? writesOnLevels(need('cpu', at('domain/cputune', cpuTuning)), (place) =>
          cpuWrites(place, strictestTime(cpuTuning)),
        )
      : []),
    ...limitCpuset(definition, places, host.layout.cpuset),
    ...limitBlocks(definition, places, host),
    ...(processLimit
      ? writesOnLevels(need('pids', at(`${container}/tslxc:pids`, processLimit)), (place) =>
          processWrites(place, processLimit.max),
        )
      : []),
    ...limitCgroups(definition, places),
    ...hugepageLimits.flatMap((limit) =>
      writesOnLevels(need('hugetlb', at(`${container}/tslxc:hugepages`, limit)), (place) =>
        hugepageWrites(place, [limit]),
      ),
    ),
  ];
}

function limitMemory(definition: DomainDefinition, places: readonly CgroupPlace[]): LimitWrite[] {
  const place = placeOf(places, 'memory');
  if (place === undefined) return [];
  const { softLimit, swapHardLimit } = definition.memoryTuning ?? {};
  return writesOnLevels(place, (level) => {
    const [limit, swap, soft] = memoryWrites(level, definedMemory(definition));
    return [limit, swapHardLimit && swap, softLimit && soft].filter(
      (one) => typeof one === 'object',
    );
  });
}

/** Only v2 can limit cgroups: also a v2 tree without controllers, beside v1. */
function limitCgroups(
  { extension: { cgroupLimit } }: DomainDefinition,
  places: readonly CgroupPlace[],
): LimitWrite[] {
  const place = places.find(({ version }) => version === 'v2');
  return place === undefined ? [] : cgroupWrites(place, cgroupLimit ?? usualCgroups);
}

function limitCpuset(
  definition: DomainDefinition,
  places: readonly CgroupPlace[],
  available: CgroupLayout['cpuset'],
): LimitWrite[] {
  const { vcpu, numaTuning } = definition;
  const cpus = { path: 'domain/vcpu/@cpuset', position: vcpu.position ?? { line: 1, column: 1 } };
  const nodes = numaTuning && {
    path: 'domain/numatune/memory/@nodeset',
    position: numaTuning.position,
  };
  if (available !== undefined) {
    checkThere(vcpu.cpuset, available.cpus, { words: 'CPU', place: cpus });
    checkThere(numaTuning?.nodeset, available.mems, { words: 'NUMA node', place: nodes ?? cpus });
  }
  // A memory policy needs no cgroup.
  const isBound = boundNodes(numaTuning) !== undefined;
  if (vcpu.cpuset === undefined && !isBound) return [];
  const place = placeOf(places, 'cpuset') ?? notHere('cpuset', isBound && nodes ? nodes : cpus);
  return place.version === 'v1' ? [] : cpusetWrites(place, definition);
}

function checkThere(
  wanted: string | undefined,
  available: string,
  { words, place }: { readonly words: string; readonly place: SourceLocation },
): void {
  const [first] = wanted === undefined ? [] : missingNumbers(wanted, available);
  if (first === undefined) return;
  throw definitionError(
    'CONFIG_UNSUPPORTED',
    `there is no ${words} ${first}, but ${available}`,
    place,
  );
}

function limitBlocks(
  { blockTuning }: DomainDefinition,
  places: readonly CgroupPlace[],
  { layout, blockNumbers }: { readonly layout: CgroupLayout; readonly blockNumbers: BlockNumbers },
): LimitWrite[] {
  if (blockTuning === undefined) return [];
  const at = { path: 'domain/blkiotune', position: blockTuning.position };
  const place = placeOf(places, 'io') ?? notHere('io', at);
  const weightFiles = layout.weightFiles ?? [];
  const { weight, devices } = blockTuning;
  const most = Math.max(weight ?? 0, ...devices.map((device) => device.weight ?? 0));
  if (most > 0 && weightFiles.length === 0) {
    const detail = 'this kernel does not support weights of block devices';
    throw definitionError('CONFIG_UNSUPPORTED', detail, at);
  }
  if (most > mostWeight({ weightFiles })) {
    const detail = `weight '${most}' must be in range [1, ${mostWeight({ weightFiles })}]`;
    throw definitionError('INVALID_ARG', detail, at);
  }
  const context = { numbers: blockNumbers, weightFiles };
  // A new cgroup has no lines to be removed.
  return blockWrites(place, blockTuning, context).filter(({ value, none }) => value !== none);
}

function notHere(controller: Controller, place: SourceLocation): never {
  const detail = `this needs the cgroup controller '${controller}', and the host does not have it`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}
