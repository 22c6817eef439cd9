/** What can be said of the health of a running container now, by the last check on record. */
import type { RunState } from '../../container/record/run-state';
import type { DomainDefinition, HealthCheck } from '../../domain/definition';
import type { Session } from '../session/session';
import { isOverdue, type HealthInfo } from './health';
import { readHealth } from './record';
import { ensureHealthWatcher } from './watcher';

type Running = RunState & { phase: 'running' };

/**
 * Undefined for a container without a check. If the watcher is gone, another one is started, and the health is `starting` until that
 * has made its first check.
 */
export function knownHealth(
  session: Session,
  { start, running }: Running,
  { name, extension }: Pick<DomainDefinition, 'name' | 'extension'>,
): HealthInfo | undefined {
  const { health: check } = extension;
  if (check === undefined) return undefined;
  ensureHealthWatcher(session, { name, extension });
  const starting = { state: 'starting', since: start.time, failures: 0 } as const;
  return recordedHealth(session, { start, running }, check) ?? starting;
}

/** What is on record, and whether the next check is overdue. Undefined until there is a check of this life by a watcher that lives. */
export function recordedHealth(
  { paths, containers }: Session,
  { start, running }: Pick<Running, 'start' | 'running'>,
  check: HealthCheck,
): HealthInfo | undefined {
  const { health, age } = readHealth(paths, start.name, running) ?? {};
  if (health === undefined) return undefined;
  // A paused container is not checked.
  const isLate = isOverdue(age, check) && !containers.isFrozen(start);
  return isLate ? { ...health, overdue: true } : health;
}
