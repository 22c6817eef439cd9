/** top: the resource usage of running domains, updated live on a terminal, and as plain text otherwise. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../../shell/command-error';
import { findDomain } from '../../options/domain-argument';
import { formatOption, showsData } from '../../output/data';
import { formatTable } from '../../output/table';
import { sorted, usageBetween, usageOrders, usageTable } from '../../output/usage';
import { Screen } from '../../terminal/screen';
import type { Connection, DomainStatistics } from '../../../index';
import type { DomainUsage, UsageOrder } from '../../output/usage';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  top: {
    group: 'monitor',
    summary: 'show what running domains use',
    description:
      'Show the CPU time, memory, processes, disk and network traffic of running domains. On a terminal the\n' +
      'table is drawn anew each second, until q or an interrupt; the keys c, m, p, i, n and a sort it by CPU,\n' +
      'memory, processes, io, network and name. Elsewhere, and with --count, tables follow one another.\n' +
      'CPU is per cent of one CPU.',
    options: [
      {
        name: 'sort',
        kind: 'string',
        help: 'what is the order: cpu (the default), memory, processes, io, network or name',
        values: usageOrders,
        closed: true,
      },
      { name: 'interval', kind: 'number', help: 'seconds from one table to the next (default 1)' },
      { name: 'count', kind: 'number', help: 'number of tables; 1 where there is no terminal' },
      formatOption,
      {
        name: 'domain',
        kind: 'strings',
        help: 'list of domains to show; all that run by default',
        positional: 'optional',
        values: 'active-domain',
      },
    ],
    example: 'tslxc top --sort memory --count 1',
    stdout: 'alone',
    run: top,
  },
};

/** Which domains are measured, and how often. */
interface Watch {
  readonly connection: Connection;
  /** Uuids of the domains that were named; if empty, all domains. */
  readonly uuids: ReadonlySet<string>;
  /** Milliseconds. */
  readonly interval: number;
}

async function top(context: Context, options: Options): Promise<undefined> {
  const interval = atLeastOne('interval', options.seconds('interval'));
  const count = atLeastOne('count', options.number('count'));
  const connection = await context.connect();
  const uuids = new Set<string>();
  for (const text of options.strings('domain')) {
    uuids.add((await findDomain(connection, text)).uuid);
  }
  const watch = { connection, uuids, interval: (interval ?? 1) * 1000 };
  const order = (options.string('sort') ?? 'cpu') as UsageOrder;
  const isLive = count === undefined && !options.has('format') && context.terminal.isShown();
  if (isLive) await showLive(context, watch, order);
  else await showTables(context, options, { watch, order, count: count ?? 1 });
  return undefined;
}

function atLeastOne(name: string, value: number | undefined): number | undefined {
  if (value !== 0) return value;
  throw new UsageError(`--${name} needs a number from 1 on`);
}

async function snapshot({ connection, uuids }: Watch): Promise<readonly DomainStatistics[]> {
  const all = await connection.stats({ filter: { state: 'active' } });
  return uuids.size === 0 ? all : all.filter(({ uuid }) => uuids.has(uuid));
}

/** Measures the usage repeatedly, until `signal` fires. */
async function* usages(watch: Watch, signal: AbortSignal): AsyncGenerator<DomainUsage[]> {
  let before = await snapshot(watch);
  for (;;) {
    const isOver = await sleep(watch.interval, false, { signal }).catch(() => true);
    if (isOver) return;
    const after = await snapshot(watch);
    yield usageBetween(before, after);
    before = after;
  }
}

interface Tables {
  readonly watch: Watch;
  readonly order: UsageOrder;
  readonly count: number;
}

async function showTables(
  { output, signals }: Context,
  options: Options,
  { watch, order, count }: Tables,
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signals.on('SIGINT', stop);
  const style = output.verbosity === 'quiet' ? 'bare' : 'full';
  let shown = 0;
  try {
    await output.whileRead(async (lost) => {
      lost.addEventListener('abort', stop);
      for await (const found of usages(watch, over.signal)) {
        const rows = sorted(found, order);
        if (!showsData(output, options, rows)) {
          output.text(`${shown === 0 ? '' : '\n'}${formatTable(usageTable(rows), style)}`);
        }
        shown += 1;
        if (shown === count) return;
      }
    });
  } finally {
    signals.off('SIGINT', stop);
  }
}

/** The sort order that each key selects. */
const keys: Readonly<Record<string, UsageOrder>> = {
  c: 'cpu',
  m: 'memory',
  p: 'processes',
  i: 'io',
  n: 'network',
  a: 'name',
};

async function showLive(
  { terminal, signals }: Context,
  watch: Watch,
  first: UsageOrder,
): Promise<void> {
  let order = first;
  let found: DomainUsage[] = [];
  const draw = (): void => screen.draw(linesOf(sorted(found, order), order));
  const screen = new Screen({
    terminal,
    signals,
    onKey: (key) => {
      if (Object.hasOwn(keys, key)) order = keys[key] ?? order;
      draw();
    },
  });
  try {
    draw();
    for await (const now of usages(watch, screen.left)) {
      found = now;
      draw();
    }
  } finally {
    screen.close();
  }
}

function linesOf(rows: readonly DomainUsage[], order: UsageOrder): string[] {
  const cpu = rows.reduce((sum, one) => sum + (one.cpu ?? 0), 0);
  const title = `${rows.length} running, CPU ${cpu.toFixed(1)} %, by ${order}; q leaves`;
  return [title, '', ...formatTable(usageTable(rows), 'full').trimEnd().split('\n')];
}
