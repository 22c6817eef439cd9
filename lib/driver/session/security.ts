/** Looks up which security module labels containers on this host. */
import { hostSecurity } from '../../host/security/driver';
import type { HostSecurity } from '../../host/security/host-security';
import { visibleSettings } from '../../host/settings';
import type { StatePaths } from '../../host/state/state-paths';

/**
 * Which module labels containers here. Read anew at each call, because SELinux can be switched while the host runs. Any user
 * may ask: settings that this process may not read are taken to be the defaults.
 *
 * @throws TslxcError CONF_SYNTAX for settings that can't be read, CONFIG_UNSUPPORTED when they want a module that is not there.
 */
export function lookUpHostSecurity(paths: StatePaths): HostSecurity {
  const found = hostSecurity(visibleSettings(paths));
  if (found.model !== 'selinux') return found;
  const { model, doi, enforcing, baseLabel } = found;
  return { model, doi, enforcing, baseLabel };
}
