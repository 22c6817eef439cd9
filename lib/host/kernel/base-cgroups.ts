/** The folders that all containers share, in every hierarchy: made before the first start of a process. */
import { existsSync, readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../native';
import type { CgroupStep } from '../native';

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

/** Innermost first. Other programs make a `libvirt` too: without the monitors' one, none is ours. */
const ours = ['libvirt/tslxc-monitor', 'libvirt/lxc', 'libvirt'];

/** How often, and after how many milliseconds, one is tried again that a dying process is in. */
const retries = { count: 40, pause: 25 };

/**
 * Removes them from these hierarchies, as far as they are empty: those in use have containers or monitors of other
 * roots. Resolves to those that are gone now.
 */
export async function removeBaseCgroups(mounts: readonly string[]): Promise<string[]> {
  const gone: string[] = [];
  for (const mount of mounts) {
    if (!existsSync(join(mount, ours[0] ?? ''))) continue;
    for (const name of ours) {
      const path = join(mount, name);
      if (!(await removeIfEmpty(path))) break;
      gone.push(path);
    }
  }
  forgetBaseCgroups();
  return gone;
}

async function removeIfEmpty(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < retries.count; attempt += 1) {
    try {
      rmdirSync(path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return true;
      if (code !== 'EBUSY' || !isDying(path)) return false;
    }
    await sleep(retries.pause);
  }
  return false;
}

/** Busy with nothing but what the kernel has not yet let go. */
function isDying(path: string): boolean {
  try {
    const below = readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
    return !below && readFileSync(join(path, 'cgroup.procs'), 'latin1').trim() === '';
  } catch {
    return false;
  }
}
