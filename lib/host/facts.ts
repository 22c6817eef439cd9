/** What this machine offers, as plain data: the input of plans besides the definition. Types only plus their probe. */
import { release, machine } from 'node:os';
import { bootId } from './boot-id';
import { readCgroupLayout } from './cgroup-layout';
import type { CgroupLayout } from './cgroup-layout';

export interface HostFacts {
  /** uname -m. */
  readonly arch: string;
  /** uname -r. */
  readonly kernel: string;
  readonly boot: string;
  readonly cgroups: CgroupLayout;
}

let known: HostFacts | undefined;

/** Probed once a process: none of it changes while the host runs. */
export function hostFacts(): HostFacts {
  known ??= {
    arch: machine(),
    kernel: release(),
    boot: bootId(),
    cgroups: readCgroupLayout(),
  };
  return known;
}
