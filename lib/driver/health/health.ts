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
  if (failure === undefined) return { ...became('healthy'), failures: 0 };
  if (before.state === 'starting' && age < grace) return { ...before, message: failure };
  const failures = before.failures + 1;
  return {
    ...became(failures >= retries ? 'unhealthy' : before.state),
    failures,
    message: failure,
  };
}
