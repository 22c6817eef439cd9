/** What is known of the health of a running container, in its run folder: written by its watcher alone. */
import { statOf } from '../../container/init/process-stat';
import type { RunningRecord } from '../../container/record/run-state';
import { readRecord, replaceRecord } from '../../host/state/record-file';
import { bootClock, millisecondsBetween, thisMoment } from '../../host/kernel/boot/boot-clock';
import { present } from '../../present';
import { runPaths, type StatePaths } from '../../host/state/state-paths';
import type { HealthInfo } from './health';

interface HealthRecord {
  /** The monitor's pid, which tells the container from a later one of the same name. */
  readonly id: number;
  /** How often it had been rebooted by then. */
  readonly boots: number;
  readonly health: HealthInfo;
  /** When it was written, on the boot's clock; missing in records by older versions of the package. */
  readonly sinceBoot?: number;
  /** The process that has written it, by its pid and its start; missing in records by older versions of the package. */
  readonly writer?: { readonly pid: number; readonly started: number };
}

export interface RecordedHealth {
  readonly health: HealthInfo;
  /** Milliseconds since the last check that is on record; undefined if none is. */
  readonly age?: number;
}

/** Writes nothing if the domain has been undefined meanwhile. @throws SyscallError. */
export function writeHealth(
  paths: StatePaths,
  name: string,
  record: Omit<HealthRecord, 'writer' | 'sinceBoot'>,
): void {
  const { pid } = process;
  const writer = { pid, started: statOf(pid)?.started ?? 0 };
  replaceRecord(runPaths(paths, name).health, { ...record, sinceBoot: bootClock(), writer });
}

/**
 * Undefined until a check has finished since the container was started, or last rebooted; and when the watcher that has written it is
 * gone: what that has found says nothing about now.
 */
export function readHealth(
  paths: StatePaths,
  name: string,
  { id, boots = 0 }: Pick<RunningRecord, 'id' | 'boots'>,
): RecordedHealth | undefined {
  const record = readRecord(runPaths(paths, name).health) as HealthRecord | undefined;
  if (record?.id !== id || record.boots !== boots) return undefined;
  if (record.writer !== undefined && !lives(record.writer)) return undefined;
  const { health, sinceBoot } = record;
  const { checkedAt } = health;
  if (checkedAt === undefined) return { health };
  const written = { time: checkedAt, ...present({ sinceBoot }) };
  return { health, age: millisecondsBetween(written, thisMoment()) };
}

function lives({ pid, started }: HealthRecord['writer'] & object): boolean {
  const stat = statOf(pid);
  return stat?.started === started && stat.state !== 'Z' && stat.state !== 'X';
}
