/** Failures of the job that makes the cgroups and spawns the monitor, with the step in words. */
import { constants as system } from 'node:os';
import { SyscallError, TslxcError } from '../../errors';
import type { CgroupStep } from '../../host/native';
import { ownerOf } from '../record/undo';

/** `error` with a step, if it is of a system call and has none. The addon knows paths, but not what they are for. */
export function spawnFailure(
  error: unknown,
  steps: readonly CgroupStep[],
  domain: string,
): unknown {
  if (!(error instanceof SyscallError) || error.step !== undefined) return error;
  const { errno, syscall, path } = error;
  const step = stepAt(steps, path) ?? 'start the monitor';
  return new SyscallError({
    ...{ errno, syscall, step, domain },
    ...(path === undefined ? {} : { path }),
  });
}

/** The step for a path; of several writes to one file it is unknown which one failed. */
function stepAt(steps: readonly CgroupStep[], path: string | undefined): string | undefined {
  const [step, ...others] = steps.filter((one) => one.path === path);
  switch (step?.step) {
    case undefined:
      return undefined;
    case 'make':
    case 'mark':
      return 'make the cgroups';
    case 'write':
      return others.length === 0 ? `limit the cgroup: ${step.value}` : 'limit the cgroup';
    case 'own':
      return 'give the cgroup to the container';
    case 'devices':
      return 'limit the devices of the cgroup';
  }
}

/**
 * For an `error` which says that one of these cgroups exists already: the error to throw instead, which names the other
 * root of tslxc that has it, or says that another program has it.
 */
export function takenCgroup(
  error: unknown,
  directories: readonly string[],
): TslxcError | undefined {
  if (!(error instanceof SyscallError) || error.syscall !== 'mkdir') return undefined;
  const { errno, path } = error;
  if (errno !== system.errno.EEXIST || path === undefined) return undefined;
  if (!directories.includes(path)) return undefined;
  const owner = ownerOf(path) ?? '';
  const by = owner === '' ? 'by another program' : `by the tslxc root '${owner}'`;
  return new TslxcError('RESOURCE_BUSY', `the cgroup ${path} is taken ${by}`, {
    cause: error,
    path,
    step: 'make the cgroups',
    syscall: 'mkdir',
    errno,
  });
}
