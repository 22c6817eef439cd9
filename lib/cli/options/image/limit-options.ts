/** Options of a container from an image that limit what it uses, with docker's names and units. Pure. */
import { resourceNumbers } from '../../../domain/elements/extension/resource-limits';
import { leastMemory } from '../../../domain/tuning/memory-tuning';
import { present } from '../../../present';
import { suggestion } from '../../../suggestion';
import { checkCharacters, refusedValue } from '../values/refused-value';
import { readDockerKibibytes } from '../values/scaled-size';
import type { ImageDomain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

type Limits = NonNullable<ImageDomain['limits']>;
type ResourceLimits = NonNullable<ImageDomain['resourceLimits']>;

const text = (name: string, help: string): Option => ({ name, kind: 'string', help });

const number = (name: string, help: string): Option => ({ name, kind: 'number', help });

export const limitOptions: readonly Option[] = [
  {
    ...text(
      'memory',
      'most memory, such as 512m or 2GiB, a number alone being bytes; 1GiB by default',
    ),
    letter: 'm',
    mayBeEmpty: true,
  },
  text('memory-reservation', 'memory that is left to it when the host runs short'),
  text('memory-swap', 'most memory and swap together; -1, the default, is no limit'),
  text('cpus', 'CPUs whose time it may use, such as 1.5; all by default'),
  number('cpu-period', 'microseconds in which --cpu-quota counts; 100000 by default'),
  number('cpu-quota', 'microseconds of CPU time in each period'),
  number('cpu-shares', 'weight beside other containers; 1024 by default'),
  text('cpuset-cpus', 'CPUs that it may run on, such as 0-2,4'),
  number('pids-limit', 'most processes and threads; -1, the default, is no limit'),
  number('blkio-weight', 'weight beside other containers for block devices'),
  {
    name: 'ulimit',
    kind: 'string',
    repeatable: true,
    help: 'limit of its processes, NAME=SOFT or NAME=SOFT:HARD, such as nofile=1024, -1 being none; may be repeated',
  },
];

/** @throws UsageError, CommandError for a value that can't be right. */
export function readLimits(
  options: Options,
): Pick<ImageDomain, 'memory' | 'limits' | 'cpuset' | 'resourceLimits'> {
  options.exclusive('cpus', 'cpu-quota');
  options.exclusive('cpus', 'cpu-period');
  const [memory, cpuset] = [options.string('memory'), options.string('cpuset-cpus')];
  const limits = present<Limits>({
    softMemory: sizeOf(options, 'memory-reservation'),
    memoryAndSwap: ['-1', '0'].includes(options.string('memory-swap') ?? '')
      ? undefined
      : sizeOf(options, 'memory-swap'),
    ...timeOf(options),
    cpuShares: aboveZero(options.number('cpu-shares')),
    blockWeight: aboveZero(options.number('blkio-weight')),
    processes: aboveZero(options.integer('pids-limit')),
  });
  return present({
    memory: memory === undefined ? undefined : memoryOf(memory),
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    cpuset: cpuset === undefined ? undefined : cpusetOf(cpuset),
    resourceLimits: options.has('ulimit') ? resourcesOf(options.strings('ulimit')) : undefined,
  });
}

/** For what no container can be started with, by the word that was typed. */
function memoryOf(word: string): `${number}KiB` {
  const kibibytes = readDockerKibibytes(word, 'memory');
  if (kibibytes >= leastMemory) return `${kibibytes}KiB`;
  throw refusedValue(
    word,
    'memory',
    `is ${kibibytes} KiB, too little to start a container: ` +
      `it needs ${leastMemory} KiB or more; a number alone is bytes, as with docker, and 64m is 64 MiB`,
  );
}

function sizeOf(options: Options, name: string): `${number}KiB` | undefined {
  const word = options.string(name);
  return word === undefined ? undefined : `${readDockerKibibytes(word, name)}KiB`;
}

/** As with docker, 0 and, of processes, -1 are the default. */
function aboveZero(count: number | undefined): number | undefined {
  return count === undefined || count <= 0 ? undefined : count;
}

/** docker's period, in microseconds. */
const usualPeriod = 100_000;
/** The least that the kernel takes, in microseconds. */
const leastQuota = 1000;

function timeOf(options: Options): Pick<Limits, 'cpuPeriod' | 'cpuQuota'> {
  const cpus = options.string('cpus');
  if (cpus === undefined) {
    const [cpuPeriod, cpuQuota] = [options.number('cpu-period'), options.integer('cpu-quota')];
    return present({ cpuPeriod: aboveZero(cpuPeriod), cpuQuota: aboveZero(cpuQuota) });
  }
  const cpuQuota = /^(\d{1,6}\.?|\d{0,6}\.\d{1,9})$/.test(cpus)
    ? Math.round(Number(cpus) * usualPeriod)
    : NaN;
  if (cpuQuota === 0) return {};
  if (cpuQuota >= leastQuota) return { cpuPeriod: usualPeriod, cpuQuota };
  throw refusedValue(cpus, 'cpus', 'is no number of CPUs, from 0.01 on, such as 1.5');
}

function cpusetOf(word: string): string {
  if (/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(word)) return word;
  throw refusedValue(word, 'cpuset-cpus', 'is no list of CPUs, such as 0-2,4');
}

const resourceNames: readonly string[] = Object.keys(resourceNumbers);

function resourcesOf(words: readonly string[]): ResourceLimits {
  return Object.fromEntries(words.map(resourceOf));
}

function resourceOf(word: string): [name: string, limit: ResourceLimits[string]] {
  checkCharacters(word, 'ulimit');
  const [, name, soft, hard = soft] = /^([^=]+)=(-1|\d{1,15})(?::(-1|\d{1,15}))?$/.exec(word) ?? [];
  if (name === undefined || soft === undefined || hard === undefined) {
    throw refusedValue(word, 'ulimit', 'is not NAME=SOFT or NAME=SOFT:HARD, such as nofile=1024');
  }
  if (!resourceNames.includes(name)) {
    throw refusedValue(word, 'ulimit', `names no limit${suggestion(name, resourceNames)}`);
  }
  const limit = (of: string): number | 'unlimited' => (of === '-1' ? 'unlimited' : Number(of));
  return [name, { soft: limit(soft), hard: limit(hard) }];
}
