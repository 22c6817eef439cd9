/** The process of a monitor: how a start gets it, and how it ends when the start fails. */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { SyscallError } from '../../errors';
import { monitorExecutable } from '../../host/executable';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import type { MonitorInstructions } from '../../host/native';
import { encodePlan } from '../../plan/encode';
import type { Plan } from '../../plan/plan';
import { reach } from '../monitor/failpoint';
import { encodeFrame } from '../monitor/frames';
import { planMessage } from '../monitor/plan-message';
import { lockPartition, makeParents } from '../cgroups/partition';
import type { Preparation } from './preparation';
import { spawnFailure, takenCgroup } from './spawn-failure';
import { removeStaleCgroups } from '../cgroups/stale-cgroups';
import { saysEnded, unlessEnded } from '../../host/state/file-error';

const killSignal = 9;

/** How long it may take to die, in milliseconds. */
const patience = 2000;

/** Descriptors that the monitor gets from its caller. */
export interface CallersDescriptors {
  readonly consoleDescriptor?: number | undefined;
  /** For init. */
  readonly passDescriptors: readonly number[];
}

/** A monitor that has been started already, and waits for its instructions. */
export interface WaitingMonitor {
  /** Its channel, as a descriptor; undefined when there is none any more. */
  readonly take: () => Promise<number | undefined>;
}

/** What is known of a monitor before its container is planned. */
export interface MonitorProgram extends CallersDescriptors {
  readonly name: string;
  /** The monitors' v2 directory, or ''. */
  readonly unified: string;
}

/**
 * Resolves with the channel of a monitor that has its instructions: of the one that `waiting` has, or of one that is
 * spawned now. Tries a second time when missing cgroups have been made, or stale ones removed.
 */
export async function spawnMonitor(
  callers: CallersDescriptors & { readonly waiting: WaitingMonitor },
  preparation: Preparation,
  layout: CgroupLayout,
): Promise<number> {
  const { cgroups, partition, plan } = preparation;
  const { name } = plan.header;
  using _lock = await lockPartition(partition);
  if (partition !== undefined) await makeParents(layout, partition);
  const program = { ...callers, name, unified: cgroups.monitorUnified };
  const instructions = { cgroups: cgroups.steps, plan: framed(plan) };
  for (let isFirst = true; ; isFirst = false) {
    const waiting = isFirst ? await callers.waiting.take() : undefined;
    try {
      reach('controller:before-spawn');
      if (waiting === undefined) return await startProcess(program, instructions);
      await native().instructMonitor(waiting, instructions);
      return waiting;
    } catch (cause) {
      if (waiting !== undefined) native().closeDescriptor(waiting);
      const error = spawnFailure(cause, cgroups.steps, name);
      if (isFirst && (await isMended(error, preparation, layout))) continue;
      throw takenCgroup(error, cgroups.directories) ?? error;
    }
  }
}

/** Removes the cause of a failed spawn if it can: missing cgroups are made, and stale ones removed. Whether it has done so. */
async function isMended(
  error: unknown,
  { cgroups, partition, plan }: Preparation,
  layout: CgroupLayout,
): Promise<boolean> {
  const { code, path } = error as NodeJS.ErrnoException;
  if (isFailedMkdir(error, 'ENOENT') || (code === 'ENOENT' && path === cgroups.monitorUnified)) {
    await makeParents(layout, partition);
    return true;
  }
  if (!isFailedMkdir(error, 'EEXIST')) return false;
  return await removeStaleCgroups(cgroups.directories, plan.header.name);
}

function isFailedMkdir(error: unknown, name: 'ENOENT' | 'EEXIST'): boolean {
  const isMkdir = error instanceof SyscallError && error.syscall === 'mkdir';
  return isMkdir && error.errno === system.errno[name];
}

const nothingYet: MonitorInstructions = { cgroups: [], plan: new Uint8Array() };

/** Starts the process; without `instructions` it waits for them. Resolves with its channel. */
export async function startProcess(
  { name, unified, consoleDescriptor, passDescriptors }: MonitorProgram,
  instructions = nothingYet,
): Promise<number> {
  const descriptors = [
    ...(consoleDescriptor === undefined ? [] : [consoleDescriptor]),
    ...passDescriptors,
  ];
  const leaf = unified === '' ? -1 : openSync(unified, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await native().startMonitor({
      executable: monitorExecutable(),
      argv: ['tslxc-monitor', '--name', name, ...descriptorArguments(descriptors.length)],
      leafCgroup: leaf,
      descriptors,
      ...instructions,
    });
  } finally {
    if (leaf !== -1) closeSync(leaf);
  }
}

const frames = new WeakMap<Plan, Buffer>();

/** The message with the plan; a plan that is used again is not encoded again. */
function framed(plan: Plan): Buffer {
  const frame = frames.get(plan) ?? encodeFrame(planMessage(encodePlan(plan), plan.header.name));
  frames.set(plan, frame);
  return frame;
}

function descriptorArguments(count: number): string[] {
  return count === 0 ? [] : ['--descriptors', String(count)];
}

/**
 * Ends a monitor: one that fails ends by itself, one that hangs is killed. The pid is still its own: its socket was
 * open until now.
 */
export async function endMonitor(pid: number): Promise<void> {
  const pidfd = unlessEnded(() => native().openPidfd(pid), 'end a monitor');
  if (pidfd === undefined) return;
  try {
    const endsAlone = 50;
    if (await native().waitPidfd(pidfd, endsAlone)) return;
    native().signalPidfd(pidfd, killSignal);
    await native().waitPidfd(pidfd, patience);
  } catch (error) {
    // It ended in between.
    if (!saysEnded(error)) throw error;
  } finally {
    native().closeDescriptor(pidfd);
  }
}
