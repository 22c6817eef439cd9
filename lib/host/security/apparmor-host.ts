/** Whether AppArmor is there to be used: switched on in the kernel, with its list of profiles open to this process. */
import { accessSync, constants, readFileSync } from 'node:fs';

export interface AppArmorFiles {
  readonly enabled: string;
  readonly profiles: string;
}

const hostFiles: AppArmorFiles = {
  enabled: '/sys/module/apparmor/parameters/enabled',
  profiles: '/sys/kernel/security/apparmor/profiles',
};

export function isAppArmorOn({ enabled, profiles }: AppArmorFiles = hostFiles): boolean {
  try {
    if (readFileSync(enabled, 'latin1').trim() !== 'Y') return false;
    accessSync(profiles, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
