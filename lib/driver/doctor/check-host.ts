/** Whether this host can run containers, what they would lack, and what is left of former ones. Changes nothing. */
import { isAbsolute } from 'node:path';
import { TslxcError } from '../../errors';
import { statePaths } from '../../host/state/state-paths';
import { isPrivileged, readPrivilege } from '../session/access';
import { checkCaller } from './caller';
import { checkCgroups } from './cgroup-layout';
import { reportOf } from './check';
import type { HostCheck, HostReport } from './check';
import { checkKernel } from './kernel';
import { checkLeftovers } from './leftovers';
import { checkPrograms } from './programs';
import { checkSecurity } from './security';

/** See `checkHost`. */
export interface CheckHostOptions {
  /** Where tslxc keeps its state, as of `connect`. Default: the environment’s TSLXC_ROOT, else `/`. */
  readonly root?: string;
}

/**
 * Looks at kernel, cgroups, the privileges of this process, programs, and leftovers. Needs no privilege, and sees less
 * without it. Never rejects for what it finds.
 *
 * @throws TslxcError INVALID_ARG for a root that is not absolute.
 * @example
 * const { status, checks } = await checkHost();
 * for (const { id, found, advice } of checks.filter((check) => check.status !== 'ok')) console.log(id, found, advice);
 */
export async function checkHost(options: CheckHostOptions = {}): Promise<HostReport> {
  const root = options.root ?? process.env['TSLXC_ROOT'] ?? '/';
  if (!isAbsolute(root)) throw new TslxcError('INVALID_ARG', `root '${root}' is not absolute`);
  const paths = statePaths(root);
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
  if (canLook) checks.push(...(await checkLeftovers(paths)));
  return reportOf(checks);
}
