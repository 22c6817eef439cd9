/** Names the processes that SIGKILL does not end: they wait in the kernel, mostly for a device or a file system that is stuck. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { SyscallError, TslxcError } from '../../errors';
import { native } from '../../host/native';

/** How many processes are named at most: more would say nothing new. */
const mostNamed = 5;
/** How many are counted at most. */
const mostCounted = 1000;

/**
 * For an EBUSY, an error that names the processes left in those cgroups. Unchanged if there are none, or for any other
 * failure.
 */
export async function nameUnkillable(
  failure: unknown,
  cgroups: readonly string[],
): Promise<unknown> {
  if (!TslxcError.is(failure) || failure.errno !== constants.errno.EBUSY) return failure;
  const pids = await native()
    .processesInCgroups(cgroups, mostCounted)
    .catch(() => []);
  const named = pids.slice(0, mostNamed).flatMap(describeProcess);
  if (named.length === 0) return failure;
  const { errno, syscall = 'kill', path, domain } = failure;
  const more = pids.length > mostNamed ? ` and ${pids.length - mostNamed} more` : '';
  return new SyscallError({
    errno,
    syscall,
    ...(path === undefined ? {} : { path }),
    ...(domain === undefined ? {} : { domain }),
    step: `SIGKILL does not end ${named.join(', ')}${more}`,
  });
}

/** `process 207 (cat), which waits in the kernel`: proc_pid_stat(5). Nothing for a process that has ended. */
function describeProcess(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const state = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
    if (state === 'Z' || state === 'X') return [];
    // Processes in the container choose their own names.
    const shown = name.replace(/[^\x20-\x7e]/g, '?');
    return [`process ${pid} (${shown})${state === 'D' ? ', which waits in the kernel' : ''}`];
  } catch {
    return [];
  }
}
