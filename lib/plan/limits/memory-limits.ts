/** Limits of memory and swap in the files of both cgroup versions. In KiB; Infinity means no limit. Pure. */
import type { DomainDefinition } from '../../domain/definition';
import { unlimitedKibibytes } from '../../domain/tuning/memory-tuning';
import type { CgroupPlace } from '../cgroups/places';
import { bytesFrom, type LimitWrite } from './limit-write';

export interface MemoryLimits {
  readonly limit: number;
  readonly soft: number;
  /** Memory and swap together. */
  readonly swap: number;
}

/** The file of each limit. v2 counts swap alone, v1 counts memory and swap together. */
const memoryFiles = {
  v1: {
    limit: 'memory.limit_in_bytes',
    soft: 'memory.soft_limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
  },
  v2: { limit: 'memory.max', soft: 'memory.high', swap: 'memory.swap.max' },
} as const;

/** The limits of a definition, as a start sets them. */
export function definedMemory({ memory, memoryTuning = {} }: MemoryDefinition): MemoryLimits {
  const { hardLimit = memory, softLimit = Infinity, swapHardLimit = Infinity } = memoryTuning;
  return {
    limit: hardLimit >= unlimitedKibibytes ? Infinity : hardLimit,
    soft: softLimit,
    swap: swapHardLimit,
  };
}

/** The fields of a definition that are used here. */
export interface MemoryDefinition {
  readonly memory: number;
  readonly memoryTuning?: Partial<NonNullable<DomainDefinition['memoryTuning']>>;
}

/** The writes for all three. v1 refuses a swap limit below the memory limit, so a raise begins with swap. */
export function memoryWrites({ version, path }: CgroupPlace, limits: MemoryLimits): LimitWrite[] {
  const files = memoryFiles[version];
  const write = (name: keyof MemoryLimits, kibibytes: number): LimitWrite => ({
    path: `${path}/${files[name]}`,
    value: bytes(kibibytes, version === 'v1' ? '-1' : 'max'),
    as: 'bytes',
  });
  return [
    write('limit', limits.limit),
    write('swap', version === 'v1' ? limits.swap : swapAlone(limits)),
    write('soft', limits.soft),
  ];
}

/** The current limits. `read` returns the content of a file, or undefined if it does not exist. */
export function readMemory(
  { version, path }: CgroupPlace,
  read: (path: string) => string | undefined,
): MemoryLimits {
  const files = memoryFiles[version];
  const kibibytes = (name: keyof MemoryLimits): number => {
    const value = bytesFrom(read(`${path}/${files[name]}`) ?? '');
    return value === undefined ? Infinity : Number(value / 1024n);
  };
  const limit = kibibytes('limit');
  const swap = kibibytes('swap');
  return { limit, soft: kibibytes('soft'), swap: version === 'v1' ? swap : limit + swap };
}

function swapAlone({ limit, swap }: MemoryLimits): number {
  return swap === Infinity ? Infinity : Math.max(0, swap - limit);
}

function bytes(kibibytes: number, unlimited: string): string {
  return kibibytes === Infinity ? unlimited : String(BigInt(kibibytes) * 1024n);
}
