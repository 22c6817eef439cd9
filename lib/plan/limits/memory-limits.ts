/** Limits of memory and swap in the files of both versions. KiB; Infinity is no limit. Pure. */
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

/** Files by the limits that they hold. v2 counts swap alone, v1 memory and swap together. */
const memoryFiles = {
  v1: {
    limit: 'memory.limit_in_bytes',
    soft: 'memory.soft_limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
  },
  v2: { limit: 'memory.max', soft: 'memory.high', swap: 'memory.swap.max' },
} as const;

/** As a start has them. */
export function definedMemory({ memory, memoryTuning = {} }: MemoryDefinition): MemoryLimits {
  const { hardLimit = memory, softLimit = Infinity, swapHardLimit = Infinity } = memoryTuning;
  return {
    limit: hardLimit >= unlimitedKibibytes ? Infinity : hardLimit,
    soft: softLimit,
    swap: swapHardLimit,
  };
}

/** What of a definition counts here. */
export interface MemoryDefinition {
  readonly memory: number;
  readonly memoryTuning?: Partial<NonNullable<DomainDefinition['memoryTuning']>>;
}

/** All three, each in its file. v1 refuses less memory and swap than memory: a rise begins with swap. */
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

/** What the kernel has now. `read` gives the content of a file, undefined where there is none. */
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
