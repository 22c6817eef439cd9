/** The findings of `checkHost`, as data. */

/**
 * The severity of a finding, and of a report, which has that of its worst finding. `warn`: a feature is missing, or something
 * is left over. `fail`: no container can be started.
 */
export type CheckStatus = 'ok' | 'warn' | 'fail';

/** One finding of `checkHost`. */
export interface HostCheck {
  /** What was checked, as a stable name such as `cgroup.controllers`. Several findings may have the same. */
  readonly id: string;
  /** Its severity. */
  readonly status: CheckStatus;
  /** What was found, in one line. */
  readonly found: string;
  /** What to do about it, in one line; absent with `ok`. */
  readonly advice?: string;
}

/** What `checkHost` resolves to. */
export interface HostReport {
  /** The worst status of all findings. */
  readonly status: CheckStatus;
  /** All findings, in the order in which they were made. */
  readonly checks: readonly HostCheck[];
}

const severity: readonly CheckStatus[] = ['ok', 'warn', 'fail'];

export function reportOf(checks: readonly HostCheck[]): HostReport {
  const worst = Math.max(0, ...checks.map(({ status }) => severity.indexOf(status)));
  return { status: severity[worst] ?? 'fail', checks };
}

export function ok(id: string, found: string): HostCheck {
  return { id, status: 'ok', found };
}

export function warn(id: string, found: string, advice: string): HostCheck {
  return { id, status: 'warn', found, advice };
}

export function fail(id: string, found: string, advice: string): HostCheck {
  return { id, status: 'fail', found, advice };
}
