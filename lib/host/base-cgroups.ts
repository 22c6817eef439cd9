/** The folders that all containers share, in every hierarchy: made before the first start of a process. */
import { existsSync, readFileSync } from 'node:fs';
import { native } from './native';
import type { CgroupStep } from './native';

let seen = false;

/** `steps` make them. Looks once a process; `forgetBaseCgroups` makes it look again. */
export async function ensureBaseCgroups(steps: readonly CgroupStep[]): Promise<void> {
  if (seen) return;
  if (!steps.every(isDone)) await native().applyCgroupSteps(steps);
  seen = true;
}

/** A controller that is switched on stays so: what is below relies on it. */
function isDone(step: CgroupStep): boolean {
  if (step.step === 'make') return existsSync(step.path);
  if (step.step !== 'write' || !step.path.endsWith('/cgroup.subtree_control')) return true;
  try {
    return readFileSync(step.path, 'latin1').trim().split(' ').includes(step.value.slice(1));
  } catch {
    return false;
  }
}

/** Somebody has removed them since. */
export function forgetBaseCgroups(): void {
  seen = false;
}
