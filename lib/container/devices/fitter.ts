/**
 * Runs the process that changes the devices of a running container. It does not need the container's monitor, and is
 * killed when it takes too long: the container can block its work in the container's mounts for ever.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyscallError, TslxcError } from '../../errors';
import { monitorExecutable } from '../../host/executable';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { monitorLeaf } from '../../plan/cgroups/cgroups';
import { encodeFittingPlan } from '../../plan/encode';
import type { FittingPlan } from '../../plan/plan';
import { initHasEnded } from '../init/ended-init';
import { isInitOf } from '../init/init-process';
import { Channel } from '../monitor/channel';
import { encodeFrame } from '../monitor/frames';
import type { MessageNamed } from '../monitor/messages';
import { planMessage } from '../monitor/plan-message';
import { monitorOf, readRunState } from '../record/run-state';
import type { RunningRecord } from '../record/run-state';
import { fitFailure } from './fit-failure';
import type { FitPlaces } from './fit-failure';
import { unlessEnded } from '../../host/state/file-error';

/** The container whose devices are changed. */
export interface FitTarget {
  readonly paths: StatePaths;
  readonly name: string;
  readonly running: RunningRecord;
  readonly layout: CgroupLayout;
}

export interface FitRequest {
  readonly plan: FittingPlan;
  /** The elements that the plan comes from. */
  readonly places: FitPlaces;
  /** Called before something is attached, with its identity. */
  readonly onPrepared?: (prepared: MessageNamed<'prepared'>) => void;
}

/** Milliseconds to wait for the process beyond its own deadline, or for its end; and between two checks. */
const grace = 1000;
const look = 5;

/**
 * Carries out the plan.
 *
 * @throws SyscallError with `step`; TslxcError OPERATION_INVALID when the container has ended, OPERATION_TIMEOUT when
 * one of its file systems does not answer, OPERATION_FAILED when the process was killed. Changes made by then stay.
 */
export async function fit(target: FitTarget, request: FitRequest): Promise<void> {
  await untilAlone(target);
  const init = openInit(target);
  let channel: Channel;
  try {
    channel = await spawn(target, request.plan, init);
  } finally {
    native().closeDescriptor(init);
  }
  try {
    await channel.held(() => converse(channel, target, request));
  } catch (error) {
    throw isInitOf(target.running) ? error : ended(target, error);
  } finally {
    channel.close();
  }
}

/**
 * Waits for the end of an earlier process of this kind, whose caller has died, and kills it if need be. It makes no
 * more changes after that.
 *
 * @throws TslxcError OPERATION_TIMEOUT.
 */
export async function untilAlone({
  paths,
  name,
}: Pick<FitTarget, 'paths' | 'name'>): Promise<void> {
  const { fitterLock } = runPaths(paths, name);
  const isHeld = (): boolean => native().isRecordLocked(fitterLock, 0) === true;
  const until = async (deadline: number): Promise<boolean> => {
    while (isHeld()) {
      if (performance.now() >= deadline) return false;
      await sleep(look);
    }
    return true;
  };
  if (await until(performance.now() + grace)) return;
  const pid = monitorOf(fitterLock);
  const pidfd = pid !== undefined && isHeld() ? killProcess(pid) : undefined;
  if (pidfd !== undefined) native().closeDescriptor(pidfd);
  if (await until(performance.now() + grace)) return;
  throw tooLate(name, `the process that last changed its devices (pid ${pid ?? '?'}) does not end`);
}

function ended({ paths, name }: FitTarget, cause?: unknown): TslxcError {
  return initHasEnded(readRunState(paths, name), name, cause);
}

/** A pidfd of init. Whether it is the right process is checked once it is open, since the pid could have been reused before. */
function openInit(target: FitTarget): number {
  const { running } = target;
  let pidfd: number;
  try {
    pidfd = native().openPidfd(running.init);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === system.errno.ESRCH) throw ended(target);
    throw error;
  }
  if (isInitOf(running)) return pidfd;
  native().closeDescriptor(pidfd);
  throw ended(target);
}

async function spawn(
  { name, layout }: FitTarget,
  plan: FittingPlan,
  init: number,
): Promise<Channel> {
  const { monitorUnified } = monitorLeaf(layout);
  let leaf = -1;
  try {
    if (monitorUnified !== '') {
      leaf = openSync(monitorUnified, constants.O_RDONLY | constants.O_DIRECTORY);
    }
    const channel = await native().startMonitor({
      executable: monitorExecutable(),
      argv: ['tslxc-monitor', 'fit', '--name', name, '--descriptors', '1'],
      cgroups: [],
      leafCgroup: leaf,
      plan: encodeFrame(planMessage(encodeFittingPlan(plan), name)),
      descriptors: [init],
    });
    return Channel.fromDescriptor(channel);
  } finally {
    if (leaf !== -1) closeSync(leaf);
  }
}

async function converse(channel: Channel, target: FitTarget, request: FitRequest): Promise<void> {
  const { plan, places, onPrepared } = request;
  const { name } = target;
  const { deadline } = plan.header;
  const over = new AbortController();
  const late = sleep(deadline + grace, 'late' as const, { signal: over.signal });
  late.catch(() => undefined);
  const began = performance.now();
  let pid: number | undefined;
  try {
    for (;;) {
      const message = await Promise.race([channel.receive(), late]);
      if (message === 'late') throw await killed(name, pid);
      switch (message?.message) {
        case 'spawned':
          ({ pid } = message);
          break;
        case 'ready':
          channel.send({ message: 'continue' });
          break;
        case 'prepared':
          onPrepared?.(message);
          channel.send({ message: 'continue' });
          break;
        case 'fitted':
          return;
        case 'failed':
          throw fitFailure(plan, message, { places, domain: name });
        default:
          throw performance.now() - began >= deadline
            ? tooLate(name, 'a file system of the container does not answer')
            : died(name);
      }
    }
  } finally {
    over.abort();
  }
}

/**
 * Kills the process, which waits in the kernel, where its own timer could not end it. It makes no more changes, even if
 * it dies later.
 */
async function killed(domain: string, pid: number | undefined): Promise<TslxcError> {
  if (pid !== undefined) {
    const pidfd = killProcess(pid);
    if (pidfd !== undefined) {
      await native().waitPidfd(pidfd, grace);
      native().closeDescriptor(pidfd);
    }
  }
  return tooLate(domain, 'a file system of the container does not answer');
}

/** The pidfd of the killed process; undefined when there is no such process any more. */
function killProcess(pid: number): number | undefined {
  const pidfd = unlessEnded(() => native().openPidfd(pid), 'end a fitter');
  if (pidfd !== undefined) {
    unlessEnded(() => native().signalPidfd(pidfd, system.signals.SIGKILL), 'end a fitter');
  }
  return pidfd;
}

function tooLate(domain: string, why: string): TslxcError {
  const step = 'change the devices of a running container';
  return new TslxcError('OPERATION_TIMEOUT', `${why} (${step} of domain '${domain}')`, {
    domain,
    step,
  });
}

function died(domain: string): TslxcError {
  const detail = `the process that changes the devices of domain '${domain}' was killed`;
  return new TslxcError('OPERATION_FAILED', detail, { domain, step: "wait for 'fitted'" });
}
