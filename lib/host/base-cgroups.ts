/** The folders that all containers share, in every hierarchy: made before the first start of a process. */
import { existsSync } from 'node:fs';
import { native } from './native';
import type { CgroupStep } from './native';

let seen = false;

/** `steps` make them. Looks once a process; `forgetBaseCgroups` makes it look again. */
export async function ensureBaseCgroups(steps: readonly CgroupStep[]): Promise<void> {
  if (seen) return;
  const made = steps.every((step) => step.step !== 'make' || existsSync(step.path));
  if (!made) await native().applyCgroupSteps(steps);
  seen = true;
}

/** Somebody has removed them since. */
export function forgetBaseCgroups(): void {
  seen = false;
}
