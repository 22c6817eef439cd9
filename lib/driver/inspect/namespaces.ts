/** The namespaces of a running container, as descriptors. */
import { closeSync, constants, openSync } from 'node:fs';
import { initHasEnded } from '../../container/init/ended-init';
import { isInitOf } from '../../container/init/init-process';
import { fileError, hasErrno } from '../../host/state/file-error';
import type { Identity } from '../../host/state/definitions/definition-store';
import { requireRunning } from '../definitions/definitions';
import type { Session } from '../session/session';
import { currentState } from '../lookup/lookup';

const ENOENT = 2;

/** In the order in which they are joined: setns(2) into the user namespace is what allows the others. */
const names = ['user', 'ipc', 'uts', 'net', 'pid', 'mnt'] as const;

/**
 * Descriptors for setns(2), which the caller closes. Those that the container shares with the host are among them.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs, or init has ended; NO_DOMAIN.
 */
export async function openNamespaces(session: Session, identity: Identity): Promise<number[]> {
  const state = await currentState(session, identity);
  requireRunning(state, 'look', identity);
  const { init } = state.running;
  const opened: number[] = [];
  try {
    for (const name of names) opened.push(openNamespace(`/proc/${init}/ns/${name}`));
    // If init is still the same process, none of these belongs to another one that has its pid.
    const after = session.containers.readRunState(session.paths, identity.name);
    const isSame = after.phase === 'running' && after.running.init === init;
    if (isSame && isInitOf(state.running)) return opened;
    throw initHasEnded(after, identity.name);
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    if (!hasErrno(error, ENOENT)) throw fileError(error);
    const now = session.containers.readRunState(session.paths, identity.name);
    throw initHasEnded(now, identity.name, error);
  }
}

function openNamespace(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}
