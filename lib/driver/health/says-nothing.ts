/** Which errors say nothing of the container that was to be checked: taking them for its failure would kill a healthy one. */
import { constants as system } from 'node:os';
import type { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definition-store';
import { readStateOrSkip } from '../lookup/readable-state';
import type { Session } from '../session/session';

const { EAGAIN, EMFILE, ENFILE, ENOMEM } = system.errno;

/** Of its memory's limit, from which on the container itself is taken to be short of memory: freeing some goes on all the time. */
const nearly = 0.95;

/**
 * - a call of this process about files of the host, which names no domain, or any for lack of descriptors;
 * - a helper process of the command that was killed, or could not read what another told it;
 * - no room for a process, or no memory, unless that is the container's own limit.
 */
export async function saysNothing(
  session: Session,
  identity: Identity,
  { code, domain, errno = 0, path }: TslxcError,
): Promise<boolean> {
  // With a path, it is about a file of the container, such as its list of users.
  if (code === 'OPERATION_FAILED') return path === undefined;
  if (code !== 'SYSTEM_ERROR') return false;
  if (domain === undefined || [EMFILE, ENFILE].includes(errno)) return true;
  const isShortage = [EAGAIN, ENOMEM].includes(errno);
  return isShortage && !(await isAtItsLimit(session, identity));
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
