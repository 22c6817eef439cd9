/**
 * How many bytes a life of the counted container writes to files: its records, events and log lines have a length of their own, and name
 * the machine, its processes, the package and the time since boot, which are longer on one machine than on another.
 */
import { hostname, uptime } from 'node:os';
import { monitorPath } from '../../../lib/host/package-paths';
import type { Operation } from '../../../lib/plan/operation';
import { warningWords, type StartWarning } from '../../../lib/plan/warnings';

export interface Written {
  /** The container's cgroups, which are named in the record of what the start has taken. */
  readonly directories: readonly string[];
  readonly operations: readonly Operation[];
  readonly warnings: readonly StartWarning[];
  /** One of the processes: the others have about as many digits. */
  readonly pid: number;
}

const host = hostname();
const digits = (number: number): number => String(Math.trunc(number)).length;
const sum = (lengths: readonly number[]): number => lengths.reduce((all, one) => all + one, 0);
const sinceBoot = (): number => digits(uptime() * 1000);

/** The rest of the record, the place that is kept for that of the end, the lock, the event and the line in the log. */
const startTexts = 1934;
/** The record of the end, and that record in the event and in the log. */
const endTexts = 1045;

export function bytesOfStart({ directories, operations, warnings, pid }: Written): number {
  const texts = operations.map((one) =>
    one.op === 'writeFile' && one.file === 'oomScore' ? one.text.length : 0,
  );
  return (
    startTexts +
    sum(directories.map((path) => JSON.stringify(path).length + 1)) +
    sum(texts) +
    sum(warnings.map((one) => bytesOfWarning(one, pid))) +
    monitorPath.length +
    host.length +
    // The caller's twice, the monitor's three times, and init's.
    6 * digits(pid) +
    sinceBoot()
  );
}

export function bytesOfDestroy({ pid }: Written): number {
  return endTexts + host.length + digits(pid) + 2 * sinceBoot();
}

/** An event and a line in the log. */
function bytesOfWarning(detail: StartWarning, pid: number): number {
  const time = Date.now();
  const domain = 'counted';
  const event = { event: 'warning', detail, domain, uuid: '-'.repeat(36), time };
  const said = { warning: detail, msg: warningWords[detail] };
  const line = { level: 40, time, pid, hostname: host, name: 'tslxc', domain, ...said };
  return sum([event, line].map((one) => JSON.stringify(one).length + 1));
}
