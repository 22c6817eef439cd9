/** Which security module labels containers on this host. */
import { accessSync, constants, readFileSync } from 'node:fs';
import type { HostSecurity } from '../host/security/host-security';

/** The one place that says which module labels containers here; asked anew each time, since SELinux can be switched. */
export function lookUpHostSecurity(): HostSecurity {
  const enforce = readOrNothing('/sys/fs/selinux/enforce');
  if (enforce !== undefined) {
    return { model: 'selinux', doi: '0', enforcing: enforce.trim() === '1' };
  }
  const model = isReadable('/sys/kernel/security/apparmor/profiles') ? 'apparmor' : 'none';
  return { model, doi: '0' };
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
