/** The resource usage of domains, computed from two measurements, sorted, and formatted as a table. Pure. */
import type { DomainStatistics } from '../../index';
import { present } from '../../present';
import type { Table } from './table';

/** The resource usage of a running domain. Values that the host does not count are missing. */
export interface DomainUsage {
  readonly id: number;
  readonly name: string;
  readonly uuid: string;
  readonly state: string;
  /** Per cent of one CPU. */
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Bytes; missing without a limit. */
  readonly memoryLimit?: number;
  readonly processes?: number;
  /** Bytes per second, of all block devices. */
  readonly read?: number;
  readonly written?: number;
  /** Bytes per second, of all interfaces. */
  readonly received?: number;
  readonly sent?: number;
}

/** The sort orders: names ascending, numbers descending. */
export const usageOrders = ['cpu', 'memory', 'processes', 'io', 'network', 'name'] as const;

export type UsageOrder = (typeof usageOrders)[number];

/** The usage of the domains that run in `after`. A domain that is not in `before` has no rates. */
export function usageBetween(
  before: readonly DomainStatistics[],
  after: readonly DomainStatistics[],
): DomainUsage[] {
  const former = new Map(before.map((one) => [keyOf(one), one]));
  return after.flatMap((one) => {
    if (one.id === undefined) return [];
    const { id, name, uuid, state, memory, pids } = one;
    return present({
      ...{ id, name, uuid, state: state.state },
      ...rates(former.get(keyOf(one)), one),
      memory: memory?.usage,
      memoryLimit: memory?.limit,
      processes: pids?.current,
    });
  });
}

/** Identifies one run of a domain: the counters of a restarted domain begin at zero. */
function keyOf({ uuid, id }: DomainStatistics): string {
  return `${uuid} ${String(id)}`;
}

type Rates = Pick<DomainUsage, 'cpu' | 'read' | 'written' | 'received' | 'sent'>;

function rates(before: DomainStatistics | undefined, after: DomainStatistics): Partial<Rates> {
  const seconds = before === undefined ? 0 : (after.time - before.time) / 1000;
  if (before === undefined || seconds <= 0) return {};
  const rate = (count: (of: DomainStatistics) => number | undefined): number | undefined => {
    const [first, last] = [count(before), count(after)];
    return first === undefined || last === undefined
      ? undefined
      : Math.max(0, last - first) / seconds;
  };
  const cpu = rate(({ cpu: of }) => (of === undefined ? undefined : Number(of.total) / 1e7));
  return present({
    cpu,
    read: rate(({ io }) => io?.reduce((sum, { readBytes }) => sum + readBytes, 0)),
    written: rate(({ io }) => io?.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0)),
    received: rate(({ network }) =>
      network?.reduce((sum, { rxBytes }) => sum + Number(rxBytes), 0),
    ),
    sent: rate(({ network }) => network?.reduce((sum, { txBytes }) => sum + Number(txBytes), 0)),
  });
}

export function sorted(usages: readonly DomainUsage[], order: UsageOrder): DomainUsage[] {
  const byName = (a: DomainUsage, b: DomainUsage): number => (a.name < b.name ? -1 : 1);
  const size = sizes[order];
  return [...usages].sort((a, b) => size(b) - size(a) || byName(a, b));
}

const sizes: Readonly<Record<UsageOrder, (usage: DomainUsage) => number>> = {
  cpu: ({ cpu = 0 }) => cpu,
  memory: ({ memory = 0 }) => memory,
  processes: ({ processes = 0 }) => processes,
  io: ({ read = 0, written = 0 }) => read + written,
  network: ({ received = 0, sent = 0 }) => received + sent,
  name: () => 0,
};

const header = [
  'Id',
  'Name',
  'CPU %',
  'Memory',
  'Limit',
  'Procs',
  'Read/s',
  'Write/s',
  'Rx/s',
  'Tx/s',
];

export function usageTable(usages: readonly DomainUsage[]): Table {
  const rows = usages.map((one) => [
    String(one.id),
    one.state === 'running' ? one.name : `${one.name} (${one.state})`,
    one.cpu === undefined ? '-' : one.cpu.toFixed(1),
    ...[one.memory, one.memoryLimit].map(bytes),
    one.processes === undefined ? '-' : String(one.processes),
    ...[one.read, one.written, one.received, one.sent].map(bytes),
  ]);
  return { header, rows };
}

/** `812`, `1.5K`, `64.0M`: powers of 1024. */
function bytes(count: number | undefined): string {
  if (count === undefined) return '-';
  let [value, unit] = [count, ''];
  for (const larger of ['K', 'M', 'G', 'T']) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, larger];
  }
  return unit === '' ? String(Math.round(value)) : `${value.toFixed(1)}${unit}`;
}
