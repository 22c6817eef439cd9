/** Facts about this machine as plain data: the input of a plan besides the definition. */
import { existsSync, readdirSync } from 'node:fs';
import { release, machine } from 'node:os';
import { join } from 'node:path';
import { bootId } from './kernel/boot/boot-id';
import { readCgroupLayout } from './kernel/cgroup-layout';
import type { CgroupLayout } from './kernel/cgroup-layout';
import { nsfsIgnoresType } from './security/nsfs';
import { readPrivileges, type Privileges } from './security/privileges';

export interface HostFacts {
  /** uname -m. */
  readonly arch: string;
  /** uname -r. */
  readonly kernel: string;
  readonly boot: string;
  readonly cgroups: CgroupLayout;
  /** Its namespaces take ioctls by their numbers, whatever their type is. */
  readonly nsfsIgnoresType: boolean;
  /** Directories below /sys that count how often each CPU was throttled for heat: a side channel. */
  readonly thermalThrottle: readonly string[];
  readonly privileges: Privileges;
}

let known: HostFacts | undefined;

/** Read once in a process, since the facts don't change while it runs. */
export function hostFacts(): HostFacts {
  known ??= {
    arch: machine(),
    kernel: release(),
    boot: bootId(),
    cgroups: readCgroupLayout(),
    nsfsIgnoresType: nsfsIgnoresType(),
    thermalThrottle: findThermalThrottle(),
    privileges: readPrivileges(),
  };
  return known;
}

function findThermalThrottle(): string[] {
  const folder = '/sys/devices/system/cpu';
  return readdirSync(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .filter((name) => existsSync(join(folder, name, 'thermal_throttle')))
    .map((name) => `devices/system/cpu/${name}/thermal_throttle`);
}
