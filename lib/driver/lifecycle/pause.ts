/** suspend and resume: all processes of a container are frozen, and go on. Only the kernel's freezer keeps the state. */
import { initHasEnded } from '../../container/init/ended-init';
import type { Identity } from '../../host/state/definitions/definition-store';
import { transition } from './lifecycle';
import { checkSame, phaseOf } from '../lookup/lookup';
import { settle } from './reaper';
import type { SettledState } from '../session/containers';
import type { Session } from '../session/session';

type Running = SettledState & { phase: 'running' };

/** @throws TslxcError OPERATION_INVALID when nothing runs or init is being restarted; NO_DOMAIN; SyscallError. */
export async function suspendDomain(session: Session, identity: Identity): Promise<void> {
  const { name, uuid } = identity;
  await session.locked(name, async () => {
    const state = await settled(session, identity);
    const phase = phaseOf(session, state);
    transition('suspend', phase, name);
    if (phase === 'paused' || state.phase !== 'running') return;
    const { containers } = session;
    const isKilled = (): boolean => containers.init.isKilled(state.running);
    // While init is being restarted, a freeze would only stop the start of the next init.
    if (isKilled()) throw initHasEnded(state, name);
    await containers.freeze(state.start, isKilled);
    // An init that was frozen while it was dying would stay so until a resume.
    if (isKilled()) {
      await containers.thaw(state.start);
      throw initHasEnded(state, name);
    }
    await session.announce({ event: 'suspended', detail: 'paused', domain: name, uuid });
  });
}

/** @throws TslxcError OPERATION_INVALID when it is not paused, NO_DOMAIN; SyscallError. */
export async function resumeDomain(session: Session, identity: Identity): Promise<void> {
  const { name, uuid } = identity;
  await session.locked(name, async () => {
    const state = await settled(session, identity);
    transition('resume', phaseOf(session, state), name);
    if (state.phase !== 'running') return;
    await session.containers.thaw(state.start);
    noteResumed(session, state);
    await session.announce({ event: 'resumed', detail: 'unpaused', domain: name, uuid });
  });
}

/** Not a failure of the resume: the container already runs. Without the record, `domstate --reason` says `booted`. */
function noteResumed({ containers, paths, logger }: Session, { start, running }: Running): void {
  try {
    containers.replaceStart(paths, { ...start, resumed: running.boots ?? 0 });
  } catch (error) {
    logger.warn({ err: error, domain: start.name }, 'that it was resumed is not on record');
  }
}

async function settled(session: Session, identity: Identity): Promise<SettledState> {
  const { state } = await settle(session, identity.name, 'carryOut');
  checkSame(session, identity, state);
  return state;
}
