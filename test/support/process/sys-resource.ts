/** What these tests may do, and root of a virtual machine may not: raise hard limits, and lower OOM scores. */
import { capabilityNumbers } from '../../../lib/domain/elements/capability-numbers';
import { readPrivileges } from '../../../lib/host/security/privileges';

export function hasSysResource(): boolean {
  const bit = BigInt(capabilityNumbers.sys_resource);
  return ((readPrivileges().boundingSet >> bit) & 1n) === 1n;
}
