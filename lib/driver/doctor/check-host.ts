/** Whether this host can run containers, what they lack, and what former ones have left behind. Changes nothing. */
import { statePaths } from '../../host/state/state-paths';
import { checkGiven } from '../../shape/arguments';
import { absolutePath, object, optional } from '../../shape/shape';
import { isPrivileged, readPrivilege } from '../session/access';
import { chosenRoot } from '../session/root';
import { checkCaller } from './caller';
import { checkCgroups } from './cgroup-layout';
import { reportOf } from './check';
import type { HostCheck, HostReport } from './check';
import { checkDefinitions } from './definitions';
import { checkIsolation } from './isolation';
import { checkKernel } from './kernel';
import { checkLeftovers } from './leftovers';
import { checkLocks } from './locks';
import { checkPrograms } from './programs';
import { checkRules } from './rules';
import { checkSecurity } from './security';

/** What `checkHost` looks at. */
export interface CheckHostOptions {
  /** Root of tslxc's state, as with `connect`: an absolute path. Default: `TSLXC_ROOT` of the environment, else `/`. */
  readonly root?: string | undefined;
}

/** What it takes. */
export const checkHostParameters = [
  ['options', optional(object<CheckHostOptions>({ root: optional(absolutePath) }))],
] as const;

/**
 * Checks whether this host can run containers: the kernel, cgroups, the privileges of this process, the security module and
 * needed programs; as root also the stored definitions, which domains are no security boundary, what running containers and networks have lost, and what former ones have left
 * behind. Changes nothing, and never rejects
 * because of a finding.
 *
 * @param options - `root`: an absolute path; by default `TSLXC_ROOT` of the environment, else `/`
 * @throws TslxcError INVALID_ARG for a root that is not absolute, and for an unknown option.
 * @see `tslxc doctor`
 * @example
 * const { status, checks } = await checkHost();
 * for (const { id, found, advice } of checks.filter((check) => check.status !== 'ok')) console.log(id, found, advice);
 */
export function checkHost(options?: CheckHostOptions): Promise<HostReport>;
export async function checkHost(
  ...given: readonly [options?: CheckHostOptions]
): Promise<HostReport> {
  const [options = {}] = checkGiven('checkHost', checkHostParameters, given);
  const paths = statePaths(chosenRoot(options.root));
  const checks: HostCheck[] = [
    ...checkPrograms(),
    ...checkKernel(),
    ...checkSecurity(paths),
    ...checkCgroups(),
    ...checkCaller(paths),
  ];
  const canLook =
    isPrivileged(readPrivilege()) &&
    checks.every(({ id, status }) => id !== 'package.native' || status === 'ok');
  if (canLook) {
    checks.push(...(await checkDefinitions(paths)), ...(await checkIsolation(paths)));
    checks.push(...(await checkRules(paths)), ...(await checkLeftovers(paths)));
    checks.push(...(await checkLocks(paths)));
  }
  return reportOf(checks);
}
