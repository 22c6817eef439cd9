/** The cgroups of processes that outlive their callers: a caller's own cgroup may be killed with everything in it. */
import { writeFileSync } from 'node:fs';
import { fileError } from '../../host/state/file-error';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { lastingCgroups } from '../../plan/cgroups/cgroups';

/** Moves this process into them. They exist while a container runs. @throws SyscallError. */
export function joinLastingCgroups(layout: CgroupLayout): void {
  try {
    for (const path of lastingCgroups(layout)) writeFileSync(path, String(process.pid));
  } catch (error) {
    throw fileError(error, 'join the cgroups of what outlives its caller');
  }
}
