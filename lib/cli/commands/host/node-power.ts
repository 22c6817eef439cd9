/** nodecpumap and nodesuspend: the CPUs of the host, and suspending it. */
import { formatOption, showsData } from '../../output/data';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import type { SuspendTarget } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

const targets: readonly SuspendTarget[] = ['mem', 'disk', 'hybrid'];

export const commands: CommandTable = {
  nodecpumap: {
    group: 'host',
    summary: 'node cpu map',
    description:
      "Displays the node's total number of CPUs, the number of online CPUs and the list of online CPUs.",
    options: [{ name: 'pretty', kind: 'flag', help: 'return human readable output' }, formatOption],
    example: 'tslxc nodecpumap --pretty',
    run: showCpuMap,
  },
  nodesuspend: {
    group: 'host',
    summary: 'suspend the host node for a given time duration',
    description:
      'Suspend the host node for a given time duration and attempt to resume thereafter.\n' +
      'Every container on it stands still meanwhile.',
    options: [
      {
        name: 'target',
        kind: 'string',
        help: 'mem (Suspend-to-RAM), disk (Suspend-to-Disk), hybrid (Hybrid-Suspend)',
        positional: 'required',
        values: targets,
      },
      {
        name: 'duration',
        kind: 'number',
        help: 'suspend duration in seconds, at least 60',
        positional: 'required',
      },
    ],
    example: 'tslxc nodesuspend mem 3600',
    run: suspend,
  },
};

async function showCpuMap(context: Context, options: Options): Promise<undefined> {
  const { output } = context;
  const map = (await context.connect()).nodeCpuMap();
  if (showsData(output, options, map)) return undefined;
  const { present, online } = map;
  const marks = Array.from({ length: present }, (_, cpu) => (online.includes(cpu) ? 'y' : '-'));
  const rows: readonly (readonly [string, string])[] = [
    ['CPUs present:', String(present)],
    ['CPUs online:', String(online.length)],
    ['CPU map:', options.has('pretty') ? ranges(online) : marks.join('')],
  ];
  for (const [label, value] of rows) output.line(`${label.padEnd(15)} ${value}`);
  return undefined;
}

/** Formats numbers as `0-3,7`. */
function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found
    .map(([first, last]) => (first === last ? String(first) : `${String(first)}-${String(last)}`))
    .join(',');
}

async function suspend(context: Context, options: Options): Promise<undefined> {
  const word = options.required('target');
  const target = targets.find((known) => known === word);
  if (target === undefined) throw new CommandError('Invalid target', { code: 'INVALID_ARG' });
  const seconds = options.integer('duration') ?? 0;
  if (seconds < 0) throw new CommandError('Invalid duration', { code: 'INVALID_ARG' });
  const connection = await context.connect();
  await withErrorMessage('The host was not suspended', () =>
    connection.suspendNode(target, seconds),
  );
  return undefined;
}
