/** The process of a monitor: how a start gets it, and how it ends when the start comes to nothing. */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { SyscallError } from '../../errors';
import { ensureBaseCgroups, forgetBaseCgroups } from '../../host/kernel/base-cgroups';
import { monitorExecutable } from '../../host/executable';
import { hostFacts } from '../../host/facts';
import { native } from '../../host/native';
import { planBaseCgroups } from '../../plan/cgroups/base';
import { encodePlan } from '../../plan/encode';
import { reach } from '../monitor/failpoint';
import { encodeFrame } from '../monitor/frames';
import { withPartition } from '../cgroups/partition';
import type { Preparation } from './preparation';
import { spawnFailure } from './spawn-failure';
import { removeStaleCgroups } from '../cgroups/stale-cgroups';

const killSignal = 9;

/** How long it may take to die, in milliseconds. */
const patience = 2000;

/** What the monitor gets of its caller's. */
export interface CallersDescriptors {
  readonly consoleDescriptor?: number;
  /** For init. */
  readonly passDescriptors: readonly number[];
}

/** Tries again when what was in the way has been removed, or what was missing made. */
export async function spawnMonitor(
  callers: CallersDescriptors,
  preparation: Preparation,
): Promise<number> {
  const { cgroups } = hostFacts();
  return await withPartition(preparation, cgroups, () => spawnOrAgain(callers, preparation));
}

async function spawnOrAgain(
  callers: CallersDescriptors,
  preparation: Preparation,
): Promise<number> {
  try {
    return await spawn(callers, preparation);
  } catch (error) {
    const { directories, monitorUnified } = preparation.cgroups;
    const { code, path } = error as NodeJS.ErrnoException;
    if (isFailedMkdir(error, 'ENOENT') || (code === 'ENOENT' && path === monitorUnified)) {
      forgetBaseCgroups();
      await ensureBaseCgroups(planBaseCgroups(hostFacts().cgroups));
    } else if (
      !isFailedMkdir(error, 'EEXIST') ||
      !(await removeStaleCgroups(directories, preparation.plan.header.name))
    ) {
      throw error;
    }
    return await spawn(callers, preparation);
  }
}

function isFailedMkdir(error: unknown, name: 'ENOENT' | 'EEXIST'): boolean {
  const isMkdir = error instanceof SyscallError && error.syscall === 'mkdir';
  return isMkdir && error.errno === system.errno[name];
}

async function spawn(callers: CallersDescriptors, preparation: Preparation): Promise<number> {
  const { plan, cgroups } = preparation;
  const descriptors = [
    ...(callers.consoleDescriptor === undefined ? [] : [callers.consoleDescriptor]),
    ...callers.passDescriptors,
  ];
  const leaf =
    cgroups.monitorUnified === ''
      ? -1
      : openSync(cgroups.monitorUnified, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    reach('controller:before-spawn');
    return await native().startMonitor({
      executable: monitorExecutable(),
      argv: [
        'tslxc-monitor',
        '--name',
        plan.header.name,
        ...descriptorArguments(descriptors.length),
      ],
      cgroups: cgroups.steps,
      leafCgroup: leaf,
      plan: encodeFrame({ message: 'plan', bytes: encodePlan(plan) }),
      descriptors,
    });
  } catch (error) {
    throw spawnFailure(error, cgroups.steps, plan.header.name);
  } finally {
    if (leaf !== -1) closeSync(leaf);
  }
}

function descriptorArguments(count: number): string[] {
  return count === 0 ? [] : ['--descriptors', String(count)];
}

/** A monitor that fails ends by itself; one that hangs is ended. It is ours: its socket was open until now. */
export async function endMonitor(pid: number): Promise<void> {
  let pidfd: number;
  try {
    pidfd = native().openPidfd(pid);
  } catch {
    return;
  }
  try {
    const endsAlone = 50;
    if (await native().waitPidfd(pidfd, endsAlone)) return;
    native().signalPidfd(pidfd, killSignal);
    await native().waitPidfd(pidfd, patience);
  } catch {
    // It ended in between.
  } finally {
    native().closeDescriptor(pidfd);
  }
}
