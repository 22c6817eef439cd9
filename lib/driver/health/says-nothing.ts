/** Which errors say nothing of the container that was to be checked: taking them for its failure would kill a healthy one. */
import { constants as system } from 'node:os';
import type { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { readStateOrSkip } from '../lookup/readable-state';
import type { Session } from '../session/session';

const { EAGAIN, EMFILE, ENFILE, ENOMEM } = system.errno;

/** Of its memory's limit, from which on the container itself is taken to be short of memory: freeing some goes on all the time. */
const nearly = 0.95;

/**
 * - a system call that has failed, unless it is the one that executes the command, or it is the container's own limit that is reached:
 *   what comes before are calls of this process and of its helpers about files and processes of the host;
 * - a helper process that was killed, or could not read what another told it.
 */
export async function saysNothing(
  session: Session,
  identity: Identity,
  { code, syscall, errno = 0, path }: TslxcError,
): Promise<boolean> {
  // With a path, it is about a file of the container, such as its list of users.
  if (code === 'OPERATION_FAILED') return path === undefined;
  if (code !== 'SYSTEM_ERROR') return false;
  if ([EAGAIN, ENOMEM].includes(errno)) return !(await isAtItsLimit(session, identity));
  return syscall !== 'execve' || [EMFILE, ENFILE].includes(errno);
}

/** Whether the container has as many processes, or as much memory, as it may have. */
async function isAtItsLimit(session: Session, { name }: Identity): Promise<boolean> {
  const state = readStateOrSkip(session, name);
  if (state?.phase !== 'running') return false;
  const [snapshot] = await session.containers.takeSnapshots([state]);
  const { pids, memory } = snapshot?.statistics() ?? {};
  return (
    (pids?.limit !== undefined && pids.current >= pids.limit) ||
    (memory?.limit !== undefined && memory.usage >= nearly * memory.limit)
  );
}
