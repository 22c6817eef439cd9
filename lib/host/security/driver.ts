/** The security model that labels the containers of this host: that of its settings, or the first one available. */
import { TslxcError } from '../../errors';
import { hasLxcContexts, lxcContextsPath, readLxcContexts } from './lxc-contexts';
import type { LxcContexts } from './lxc-contexts';
import { isEnforcing, isSelinuxOn, policyName } from './selinuxfs';
import type { HostSecurity, SecurityModel } from './host-security';
import type { HostSettings } from '../settings';
import { accessSync, constants } from 'node:fs';
import { readAttribute } from '../node/attribute';

/** The security model of this host. */
export type SecurityDriver =
  SelinuxHost | (HostSecurity & Readonly<{ model: 'apparmor' | 'none' }>);

export interface SelinuxHost extends HostSecurity {
  readonly model: 'selinux';
  readonly enforcing: boolean;
  /** Context of a container's processes, without its categories. */
  readonly baseLabel: string;
  readonly contexts: LxcContexts;
}

/** How a model is detected. */
export interface SecurityProbe {
  isThere(): boolean;
  look(): SecurityDriver;
}

export type SecurityProbes = Readonly<Record<SecurityModel, SecurityProbe>>;

/** The models in the order in which they are tried. */
const hostProbes: SecurityProbes = {
  selinux: { isThere: isSelinuxUsable, look: lookAtSelinux },
  apparmor: { isThere: () => isAppArmorOn(), look: () => ({ model: 'apparmor', doi: '0' }) },
  none: { isThere: () => true, look: () => ({ model: 'none', doi: '0' }) },
};

/**
 * Looks at the host each time, since SELinux may change between enforcing and permissive.
 *
 * @throws TslxcError CONFIG_UNSUPPORTED if the model of the settings is not available, INTERNAL_ERROR for a policy without
 * contexts for containers.
 */
export function hostSecurity(
  { driver }: Pick<HostSettings, 'driver'>,
  probes: SecurityProbes = hostProbes,
): SecurityDriver {
  if (driver === undefined) {
    const found = [probes.selinux, probes.apparmor].find((probe) => probe.isThere());
    return (found ?? probes.none).look();
  }
  if (probes[driver].isThere()) return probes[driver].look();
  throw new TslxcError('CONFIG_UNSUPPORTED', `Security driver ${driver} not enabled`);
}

/** As in libvirt, a policy without contexts for containers is passed over. */
function isSelinuxUsable(): boolean {
  return isSelinuxOn() && hasLxcContexts(lxcContextsPath(policyName()));
}

/** The contexts are read when they are needed, so that a policy without them fails only then. */
function lookAtSelinux(): SelinuxHost {
  let known: LxcContexts | undefined;
  const contexts = (): LxcContexts => (known ??= readLxcContexts(lxcContextsPath(policyName())));
  return {
    model: 'selinux',
    doi: '0',
    enforcing: isEnforcing(),
    get baseLabel() {
      return contexts().process;
    },
    get contexts() {
      return contexts();
    },
  };
}

export interface AppArmorFiles {
  readonly enabled: string;
  readonly profiles: string;
}

const hostFiles: AppArmorFiles = {
  enabled: '/sys/module/apparmor/parameters/enabled',
  profiles: '/sys/kernel/security/apparmor/profiles',
};

export function isAppArmorOn({ enabled, profiles }: AppArmorFiles = hostFiles): boolean {
  if (readAttribute(enabled) !== 'Y') return false;
  try {
    accessSync(profiles, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
