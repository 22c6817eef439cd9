/** What the one job fails at that makes the cgroups and spawns the monitor, with its step in words. */
import { SyscallError } from '../../errors';
import type { CgroupStep } from '../../host/native';

/** `error` with a step, if it is of a system call and has none. The addon knows paths, and not what they are for. */
export function spawnFailure(
  error: unknown,
  steps: readonly CgroupStep[],
  domain: string,
): unknown {
  if (!(error instanceof SyscallError) || error.step !== undefined) return error;
  const { errno = 0, syscall = '', path } = error;
  const step = stepAt(steps, path) ?? 'start the monitor';
  return new SyscallError(
    { errno, syscall, step, domain, ...(path === undefined ? {} : { path }) },
    error.code,
  );
}

/** The step at a path; of several writes to one file nobody knows which has failed. */
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
