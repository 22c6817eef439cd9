/** Whether a container is well: what a check makes of what was known. Pure. */
import type { HealthCheck } from '../../domain/definition';

/** What the checks of `<tslxc:health>` have found of a running container. */
export interface HealthInfo {
  /** `starting`: no check has succeeded yet, and none counted as failed. */
  readonly state: 'starting' | 'healthy' | 'unhealthy';
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Why the last check has failed; absent after one that has succeeded. */
  readonly message?: string;
}

/** A check that has ended. */
export interface Checked {
  /** Why it has failed; undefined for a success. */
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
