/** Memory of a domain: `<memory>`, `<currentMemory>` and `<memtune>`. KiB. */
import type { DomainDefinition } from '../../domain/definition';
import { unlimitedKibibytes } from '../../domain/tuning/memory-tuning';
import { TslxcError } from '../../errors';
import type { CgroupPlace } from '../../plan/cgroups/places';
import { writesOnLevels, type LimitWrite } from '../../plan/limits/limit-write';
import { memoryWrites, readMemory, type MemoryLimits } from '../../plan/limits/memory-limits';
import { inKibibytes, limitInKibibytes } from './memory-size';
import type {
  DomainMemory,
  MemoryLimit,
  MemorySize,
  MemoryTuningChange,
  MemoryTuningInfo,
} from './types';
import {
  changeLimit,
  checkWhole,
  lookAtLimit,
  nowhere,
  type Counted,
  type LimitQuery,
  type Live,
  type LiveLimitChange,
} from './live-limits';
import { present } from '../../present';

/** As with libvirt, the number that means no limit is allowed. */
const range = [1, unlimitedKibibytes] as const;

export async function getMemory(query: LimitQuery): Promise<DomainMemory> {
  return lookAtLimit(query, {
    live: ({ definition, place, read }) => {
      const { limit } = readMemory(place('memory'), read);
      const { memory: maximum, currentMemory } = definition;
      return { maximum, current: limit <= maximum ? limit : currentMemory };
    },
    stored: ({ memory, currentMemory }) => ({ maximum: memory, current: currentMemory }),
  });
}

const memoryArgument: Counted = { what: 'memory', element: 'memory' };
const maximumArgument: Counted = { what: 'the maximum of memory', element: 'maximum' };

/** @throws TslxcError INVALID_ARG above the maximum; and as `changeLimit`. */
export async function setMemory(query: LimitQuery, memory: MemorySize): Promise<void> {
  const kibibytes = inKibibytes(memory);
  checkWhole(memoryArgument, kibibytes, range);
  const checked = (definition: DomainDefinition): DomainDefinition => {
    if (kibibytes > definition.memory) {
      throw new TslxcError('INVALID_ARG', 'Cannot set memory higher than max memory', {
        domain: definition.name,
      });
    }
    return { ...definition, currentMemory: kibibytes };
  };
  await changeLimit(query, {
    stored: checked,
    live: (live) => {
      const { memoryTuning } = live.definition;
      const definition = checked(live.definition);
      const isTuned = memoryTuning?.hardLimit !== undefined;
      return changeMemory(query, live, {
        change: { limit: kibibytes },
        definition: isTuned ? withTuning(definition, { hardLimit: kibibytes }) : definition,
      });
    },
  });
}

/** @throws as `changeLimit`. */
export async function setMaxMemory(query: LimitQuery, maximum: MemorySize): Promise<void> {
  const kibibytes = inKibibytes(maximum);
  checkWhole(maximumArgument, kibibytes, range);
  const changed = (definition: DomainDefinition): DomainDefinition => ({
    ...definition,
    memory: kibibytes,
    currentMemory: Math.min(definition.currentMemory, kibibytes),
  });
  await changeLimit(query, {
    stored: (definition) => checkLimits(changed(definition)),
    live: (live) => {
      const { memory, memoryTuning } = live.definition;
      const definition = changed(live.definition);
      const { limit } = readMemory(live.place('memory'), live.read);
      if (memoryTuning?.hardLimit !== undefined) return { writes: [], definition };
      // A limit that was set below the maximum is kept, unless the new maximum is lower.
      const wanted = limit < memory ? Math.min(limit, kibibytes) : kibibytes;
      return changeMemory(query, live, { change: { limit: wanted }, definition });
    },
  });
}

export async function getMemoryTuning(query: LimitQuery): Promise<MemoryTuningInfo> {
  return lookAtLimit(query, {
    live: ({ definition, place, read }) => {
      const { limit, soft, swap } = readMemory(place('memory'), read);
      // On v2, swap is counted separately: without a limit of memory, its file does not tell the limit of both together.
      const known = definition.memoryTuning?.swapHardLimit;
      const both = swap === Infinity ? Infinity : (known ?? swap);
      return {
        hardLimit: limitOf(limit),
        softLimit: limitOf(soft),
        swapHardLimit: limitOf(both),
      };
    },
    stored: ({ memoryTuning }) => ({
      hardLimit: memoryTuning?.hardLimit ?? 'unlimited',
      softLimit: memoryTuning?.softLimit ?? 'unlimited',
      swapHardLimit: memoryTuning?.swapHardLimit ?? 'unlimited',
    }),
  });
}

/** @throws TslxcError INVALID_ARG for an invalid limit, and for a hard limit above that of swap; and as `changeLimit`. */
export async function setMemoryTuning(
  query: LimitQuery,
  change: MemoryTuningChange,
): Promise<void> {
  const given = tuningOf(change);
  const argument = (what: string): Counted => ({ what, element: `change.${what}` });
  for (const [name, value] of Object.entries(given)) {
    if (value !== 'unlimited') checkWhole(argument(name), value, [0, unlimitedKibibytes]);
  }
  const { hardLimit, softLimit, swapHardLimit } = given;
  await changeLimit(query, {
    stored: (definition) => checkLimits(withTuning(definition, given)),
    live: (live) =>
      changeMemory(query, live, {
        change: present({
          limit: hardLimit === undefined ? undefined : numberOf(hardLimit),
          soft: softLimit === undefined ? undefined : numberOf(softLimit),
          swap: swapHardLimit === undefined ? undefined : numberOf(swapHardLimit),
        }),
        definition: withTuning(live.definition, given),
      }),
  });
}

/** In KiB. */
type Tuning = Partial<Record<'hardLimit' | 'softLimit' | 'swapHardLimit', MemoryLimit>>;

function tuningOf({ hardLimit, softLimit, swapHardLimit }: MemoryTuningChange): Tuning {
  const limit = (given: MemoryTuningChange['hardLimit']): MemoryLimit | undefined =>
    given === undefined ? undefined : limitInKibibytes(given);
  return present({
    hardLimit: limit(hardLimit),
    softLimit: limit(softLimit),
    swapHardLimit: limit(swapHardLimit),
  });
}

/** The writes, in an order that never makes the limit of memory and swap lower than that of memory. */
function changeMemory(
  { session }: LimitQuery,
  { definition: before, place, read }: Live,
  { change, definition }: { change: Partial<MemoryLimits>; definition: DomainDefinition },
): LiveLimitChange {
  const at = place('memory');
  const current = readMemory(at, read);
  const swap = change.swap ?? before.memoryTuning?.swapHardLimit ?? Infinity;
  const limits = { ...current, ...change, swap };
  if (limits.limit > limits.swap) throw tooLow(definition);
  const isRise = limits.limit > current.limit;
  const countsSwap = change.swap !== undefined || (at.version === 'v2' && swap !== Infinity);
  const ordered = (level: CgroupPlace): LimitWrite[] => {
    const [limitWrite, swapWrite, softWrite] = memoryWrites(level, limits);
    return [
      isRise && countsSwap ? swapWrite : undefined,
      change.limit === undefined ? undefined : limitWrite,
      !isRise && countsSwap ? swapWrite : undefined,
      change.soft === undefined ? undefined : softWrite,
    ].filter((write) => write !== undefined);
  };
  const isFall = change.limit !== undefined && limits.limit < current.limit;
  return {
    writes: writesOnLevels(at, ordered),
    definition,
    ...(isFall && at.version === 'v2'
      ? {
          before: () => session.containers.limits.squeeze(at.path, BigInt(limits.limit) * 1024n),
        }
      : {}),
  };
}

function withTuning(definition: DomainDefinition, change: Tuning): DomainDefinition {
  const { memoryTuning = { position: nowhere }, ...rest } = definition;
  const given = Object.entries(change).map(([name, value]) => {
    const kibibytes = numberOf(value);
    return [name, kibibytes >= unlimitedKibibytes ? undefined : kibibytes] as const;
  });
  const tuning = present({
    ...memoryTuning,
    ...Object.fromEntries(given),
  });
  return { ...rest, memoryTuning: tuning };
}

function checkLimits(definition: DomainDefinition): DomainDefinition {
  const { memory, memoryTuning } = definition;
  const { hardLimit = memory, swapHardLimit = Infinity } = memoryTuning ?? {};
  if (hardLimit > swapHardLimit) throw tooLow(definition);
  return definition;
}

function tooLow({ name }: DomainDefinition): TslxcError {
  const detail = 'memory hard_limit tunable value must be lower than or equal to swap_hard_limit';
  return new TslxcError('INVALID_ARG', detail, { domain: name });
}

function limitOf(kibibytes: number): MemoryLimit {
  return kibibytes >= unlimitedKibibytes ? 'unlimited' : kibibytes;
}

function numberOf(limit: MemoryLimit): number {
  return limit === 'unlimited' || limit >= unlimitedKibibytes ? Infinity : limit;
}
