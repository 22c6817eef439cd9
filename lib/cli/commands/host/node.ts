/** nodeinfo, nodecpustats and nodememstats: the CPUs and memory of the host. */
import { formatOption, showsData } from '../../output/data';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import type { NodeCpuStatistics } from '../../../host/kernel/node';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  nodeinfo: {
    group: 'host',
    summary: 'node information',
    description: 'Returns basic information about the node.',
    options: [formatOption],
    example: 'tslxc nodeinfo',
    run: showInfo,
  },
  nodecpustats: {
    group: 'host',
    summary: 'prints cpu stats of the node',
    description: 'Returns cpu stats of the node, in nanoseconds.',
    options: [
      {
        name: 'cpu',
        kind: 'number',
        help: 'prints specified cpu statistics only',
        positional: 'undocumented',
      },
      { name: 'percent', kind: 'flag', help: 'prints by percentage during 1 second' },
      formatOption,
    ],
    example: 'tslxc nodecpustats --percent',
    run: showCpu,
  },
  nodememstats: {
    group: 'host',
    summary: 'prints memory stats of the node',
    description: 'Returns memory stats of the node, in kilobytes.',
    options: [
      {
        name: 'cell',
        kind: 'number',
        help: 'prints specified cell statistics only',
        positional: 'undocumented',
      },
      formatOption,
    ],
    example: 'tslxc nodememstats',
    run: showMemory,
  },
};

async function showInfo(context: Context, options: Options): Promise<undefined> {
  const node = (await context.connect()).nodeInfo();
  if (showsData(context.output, options, node)) return undefined;
  const rows: readonly (readonly [string, string])[] = [
    ['CPU model:', node.model],
    ['CPU(s):', String(node.cpus)],
    ['CPU frequency:', `${String(node.mhz ?? 0)} MHz`],
    ['CPU socket(s):', String(node.sockets)],
    ['Core(s) per socket:', String(node.cores)],
    ['Thread(s) per core:', String(node.threads)],
    ['NUMA cell(s):', String(node.cells)],
    ['Memory size:', `${String(node.memory)} KiB`],
  ];
  for (const [label, value] of rows) context.output.line(`${label.padEnd(20)} ${value}`);
  return undefined;
}

const cpuWords: readonly (keyof NodeCpuStatistics)[] = ['user', 'system', 'idle', 'iowait'];
const second = 1000;

async function showCpu(context: Context, options: Options): Promise<undefined> {
  const { output } = context;
  const connection = await context.connect();
  const cpu = partOf(options, 'cpu', {
    failure: 'Unable to get number of cpu stats',
    refusal: 'cpuNum in virNodeGetCPUStats only accepts -1 as a negative value',
  });
  const read = (): NodeCpuStatistics => {
    try {
      return connection.nodeCpuStats(cpu === undefined ? {} : { cpu });
    } catch (cause) {
      throw new CommandError('Unable to get node cpu stats', { cause });
    }
  };
  options.exclusive('percent', 'format');
  const before = read();
  if (showsData(output, options, before)) return undefined;
  if (!options.has('percent')) {
    for (const word of cpuWords) {
      output.line(`${`${word}:`.padEnd(15)} ${String(before[word]).padStart(20)}`);
    }
    return undefined;
  }
  await sleep(second);
  const after = read();
  const spent = cpuWords.map((word) => Number(after[word] - before[word]));
  const whole = spent.reduce((sum, one) => sum + one, 0);
  const line = (word: string, part: number): void =>
    output.line(`${`${word}:`.padEnd(15)} ${((100 * part) / whole).toFixed(1).padStart(5)}%`);
  line('usage', (spent[0] ?? 0) + (spent[1] ?? 0));
  cpuWords.forEach((word, index) => line(word, spent[index] ?? 0));
  return undefined;
}

async function showMemory(context: Context, options: Options): Promise<undefined> {
  const connection = await context.connect();
  const cell = partOf(options, 'cell', {
    failure: 'Unable to get number of memory stats',
    refusal: 'cellNum in virNodeGetMemoryStats only accepts -1 as a negative value',
  });
  try {
    const statistics = connection.nodeMemoryStats(cell === undefined ? {} : { cell });
    if (showsData(context.output, options, statistics)) return undefined;
    const { total, free, buffers, cached } = statistics;
    for (const [word, value] of Object.entries({ total, free, buffers, cached })) {
      if (value === undefined) continue;
      context.output.line(`${word.padEnd(7)}: ${String(value).padStart(20)} KiB`);
    }
  } catch (cause) {
    if (!TslxcError.is(cause)) throw cause;
    throw new CommandError('Unable to get number of memory stats', { cause });
  }
  return undefined;
}

/** The number of a CPU or a cell; undefined for -1, which means all, as no option does. @throws CommandError for a lower one. */
function partOf(
  options: Options,
  name: string,
  words: { readonly failure: string; readonly refusal: string },
): number | undefined {
  const part = options.integer(name);
  if (part === undefined || part >= 0) return part;
  if (part === -1) return undefined;
  const cause = new CommandError(words.refusal, { code: 'INVALID_ARG' });
  throw new CommandError(words.failure, { cause });
}
