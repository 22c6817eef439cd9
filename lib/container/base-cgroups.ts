/** The folders that all containers share, in every hierarchy: made before the first start of a process. */
import { existsSync } from 'node:fs';
import { native } from '../host/native';
import type { CgroupLayout } from '../host/cgroup-layout';
import { planBaseCgroups } from '../plan/cgroups';

let seen = false;

/** Looks once a process; `forgetBaseCgroups` makes it look again. */
export async function ensureBaseCgroups(layout: CgroupLayout): Promise<void> {
  if (seen) return;
  const steps = planBaseCgroups(layout);
  const made = steps.every((step) => step.step !== 'make' || existsSync(step.path));
  if (!made) await native().applyCgroupSteps(steps);
  seen = true;
}

/** Somebody has removed them since. */
export function forgetBaseCgroups(): void {
  seen = false;
}
