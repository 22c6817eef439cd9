/** The cgroup folders that all containers share, in every hierarchy: made before the first start of a process. */
import { readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../native';
import type { CgroupStep } from '../native';
import { takeHostLock, tryTakeHostLock } from '../state/file-lock';
import type { HostLock } from '../state/file-lock';
import { hostCgroupsPath } from '../state/state-paths';
import { readText } from './text-file';
import { isThere } from '../state/file-error';

const hostCgroups: HostLock = { path: hostCgroupsPath, step: 'lock the cgroups of the host' };

let seen = false;

/**
 * Keeps the purge of any root from removing them, until it is disposed of: a start holds it from before they are made until its
 * process is in them. Starts don't wait for each other.
 */
export async function holdBaseCgroups(): Promise<Disposable> {
  return await takeHostLock(hostCgroups, 'shared');
}

/**
 * Makes those that are missing, by the `steps` of `planBaseCgroups`, which this layer may not import. `once`: looks only if this
 * process has not seen them yet. `again`: looks anyway, since the purge of another process may have removed them meanwhile.
 */
export async function ensureBaseCgroups(
  steps: readonly CgroupStep[],
  look: 'once' | 'again' = 'once',
): Promise<void> {
  if (look === 'again') seen = false;
  if (seen) return;
  if (!steps.every(isDone)) await native().applyCgroupSteps(steps);
  seen = true;
}

/** Whether a step has been done. An enabled controller stays enabled, since cgroups below rely on it. */
function isDone(step: CgroupStep): boolean {
  if (step.step === 'make') return isThere(step.path);
  if (step.step !== 'write' || !step.path.endsWith('/cgroup.subtree_control')) return true;
  return readText(step.path).trim().split(' ').includes(step.value.slice(1));
}

/** The base folders of one hierarchy. */
export interface BaseCgroups {
  readonly monitors: string;
  readonly containers: string;
  /** Both are in it. */
  readonly outer: string;
}

/** Whether a start has made them: other programs make an outer one too, but none for monitors. */
export function areMade({ monitors }: BaseCgroups): boolean {
  return isThere(monitors);
}

/** How often, and after how many milliseconds, to retry a folder that still has a dying process. */
const retries = { count: 40, pause: 25 };

/**
 * Removes those of `planned` from these hierarchies if they are empty: they may have containers or monitors of other
 * roots. They stay while another process starts one.
 */
export async function removeBaseCgroups(
  hierarchies: readonly BaseCgroups[],
  planned: ReadonlySet<string>,
): Promise<void> {
  using lock = tryTakeHostLock(hostCgroups);
  if (lock === undefined) return;
  for (const base of hierarchies.filter(areMade)) {
    // The outer one comes last.
    for (const path of [base.monitors, base.containers, base.outer]) {
      if (!planned.has(path) || !(await removeIfEmpty(path))) break;
    }
  }
  seen = false;
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

/** Whether the folder has no child but only processes that the kernel has not released yet. */
function isDying(path: string): boolean {
  try {
    const below = readdirSync(path, { withFileTypes: true }).some((entry) => entry.isDirectory());
    return !below && readFileSync(join(path, 'cgroup.procs'), 'latin1').trim() === '';
  } catch {
    return false;
  }
}
