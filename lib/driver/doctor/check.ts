/** What a look at the host finds, as data. */

/** `warn`: something that containers may have is not there, or is left over. `fail`: no container can be started. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface HostCheck {
  /** What was looked at, for programs: `cgroup.controllers`. Several findings may have one. */
  readonly id: string;
  /** How bad it is. */
  readonly status: CheckStatus;
  /** What was found, in a line. */
  readonly found: string;
  /** What to do about it, in a line; not with `ok`. */
  readonly advice?: string;
}

/** What `checkHost` resolves to. */
export interface HostReport {
  /** The worst of all. */
  readonly status: CheckStatus;
  /** Everything that was looked at, in the order of `tslxc doctor`. */
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
