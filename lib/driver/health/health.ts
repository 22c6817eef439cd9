/** Whether a container is healthy: how the result of a check changes its health. Pure. */
import type { HealthCheck } from '../../domain/definition';

/** What the checks of `<tslxc:health>` have found of a running container. */
export interface HealthInfo {
  /** `starting`: no check has succeeded yet, and no failure has made it unhealthy. */
  readonly state: 'starting' | 'healthy' | 'unhealthy';
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Why the last check failed; absent if it succeeded. */
  readonly message?: string;
  /** When the last check that is on record was finished, in milliseconds since the epoch; absent if none is. */
  readonly checkedAt?: number;
  /**
   * The next check is overdue: what it has found could not be written, as on a full disk, or the process that checks is held up.
   * Absent otherwise, and while the container is paused.
   */
  readonly overdue?: true;
}

/** A check that is finished. */
export interface Checked {
  /** Why it failed; undefined for a success. */
  readonly failure: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds since the container was started, or rebooted. */
  readonly age: number;
}

export function healthAfter(
  before: HealthInfo,
  { failure, time, age }: Checked,
  { retries, grace }: Pick<HealthCheck, 'retries' | 'grace'>,
): HealthInfo {
  const became = (state: HealthInfo['state']): Pick<HealthInfo, 'state' | 'since'> =>
    state === before.state ? { state, since: before.since } : { state, since: time };
  const checkedAt = time;
  if (failure === undefined) return { ...became('healthy'), failures: 0, checkedAt };
  if (before.state === 'starting' && age < grace) return { ...before, message: failure, checkedAt };
  const failures = before.failures + 1;
  return {
    ...became(failures >= retries ? 'unhealthy' : before.state),
    failures,
    message: failure,
    checkedAt,
  };
}

/** Milliseconds that a check may take on a busy machine besides the time that is allowed for its command. */
const slack = 5000;

/** Whether a check that begins `interval` after the last one, which was finished `age` ago, should have been finished by now. */
export function isOverdue(
  age: number | undefined,
  { interval, timeout }: Pick<HealthCheck, 'interval' | 'timeout'>,
): boolean {
  return age !== undefined && age > interval + timeout + slack;
}
