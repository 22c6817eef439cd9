/** The cgroups of processes that outlive their callers, whose own may be ended with all that is in them. */
import { writeFileSync } from 'node:fs';
import { fileError } from '../../host/state/file-error';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { lastingCgroups } from '../../plan/cgroups/cgroups';

/** This process joins them. They are there while a container runs. @throws SyscallError. */
export function joinLastingCgroups(layout: CgroupLayout): void {
  try {
    for (const path of lastingCgroups(layout)) writeFileSync(path, String(process.pid));
  } catch (error) {
    throw fileError(error, 'join the cgroups of what outlives its caller');
  }
}
