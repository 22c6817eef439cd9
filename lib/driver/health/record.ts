/** What is known of the health of a running container, in its run folder: written by its watcher alone. */
import type { RunningRecord } from '../../container/record/run-state';
import { readRecord, replaceRecord } from '../../host/state/record-file';
import { runPaths, type StatePaths } from '../../host/state/state-paths';
import type { HealthInfo } from './health';

interface HealthRecord {
  /** The monitor's pid, which tells the container from a later one of the same name. */
  readonly id: number;
  /** How often it had been rebooted by then. */
  readonly boots: number;
  readonly health: HealthInfo;
}

/** Writes nothing if the domain has been undefined meanwhile. */
export function writeHealth(paths: StatePaths, name: string, record: HealthRecord): void {
  replaceRecord(runPaths(paths, name).health, record);
}

/** Undefined until a check has finished since the container was started, or last rebooted. */
export function readHealth(
  paths: StatePaths,
  name: string,
  { id, boots = 0 }: Pick<RunningRecord, 'id' | 'boots'>,
): HealthInfo | undefined {
  const record = readRecord(runPaths(paths, name).health) as HealthRecord | undefined;
  return record?.id === id && record.boots === boots ? record.health : undefined;
}
