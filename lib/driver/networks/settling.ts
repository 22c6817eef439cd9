/** Puts the state of a network in order: undoes a start or an end that was interrupted, repairs a running network, announces an end. */
import type { NetworkDefinition } from '../../network/definition/definition';
import {
  endNetwork,
  needsSettling,
  repairNetwork,
  runningDefinition,
  settleNetwork,
} from '../../network/lifecycle/reconcile';
import type { SettledState } from '../../network/lifecycle/reconcile';
import { isNetworkLocked } from '../../network/lifecycle/network-lock';
import { forgetNetwork, networkStateIfAny, runningNames } from '../../network/lifecycle/state';
import type { ActiveRecord, NetworkState, OffReason } from '../../network/lifecycle/state';
import { announceEnd, expectEnd } from '../hooks/network-hooks';
import type { Session } from '../session/session';
import { settlePorts } from './created-ports';
import { lostRules, restoreRules } from './lost-rules';

/** Undoes a start or an end that was interrupted, and announces an end. Under the network's lock. */
export async function settleAndTell(session: Session, name: string): Promise<SettledState> {
  const { state, ended } = await settleNetwork(session.paths, name, (record) =>
    expectEnd(session, runningDefinition(record)),
  );
  if (state.phase === 'off') await announceEnd(session, name);
  else if (state.place === 'here') await settlePorts(session, runningDefinition(state.record));
  if (ended !== undefined) {
    const { uuid } = ended;
    await session.announce({ event: 'stopped', network: name, uuid });
    if (state.phase === 'off' && state.why === 'lost') {
      session.logger.warn({ network: name }, 'the bridge of the network has been deleted');
    }
  }
  if (state.phase === 'off' && !session.networks.has(name)) {
    forgetNetwork(session.paths, name);
    return { phase: 'off' };
  }
  return state;
}

/** Whether a process that has undefined the network, or ended a transient one, was killed before it had removed all of its state. */
export function isForgottenInPart(session: Session, name: string, state: NetworkState): boolean {
  const { networks, paths } = session;
  if (state.phase !== 'off' || networks.has(name)) return false;
  return runningNames(paths).includes(name) && !isNetworkLocked(paths, name);
}

/** Takes it down, and calls its hooks; if this process is killed in between, the next one does so. Under the network's lock. */
export async function endAndTell(
  session: Session,
  record: ActiveRecord,
  why: OffReason,
): Promise<void> {
  expectEnd(session, runningDefinition(record));
  await endNetwork(session.paths, record, why);
  await announceEnd(session, record.name);
}

/**
 * Whether the network needs a repair, or the rules of a container in it do: see `needsSettling`. A quick look does not check rules. Where it
 * is unknown, that is logged: what has been lost is restored once it can be looked at, and neither a list nor a start fails for that.
 */
export async function needsRepair(
  session: Session,
  name: string,
  { state, look }: { readonly state: NetworkState; readonly look: 'quick' | 'thorough' },
): Promise<boolean> {
  try {
    if (await needsSettling(session.paths, state, look)) return true;
  } catch (error) {
    session.logger.error({ err: error, network: name }, 'it is unknown what a network has lost');
  }
  if (look === 'quick' || state.phase !== 'running' || state.place === 'elsewhere') return false;
  return (await lostRules(session, name)).length > 0;
}

/** As `settleAndTell`, and restores what a running network and its containers have lost. A failure to restore is logged. */
export async function settleAndRepair(session: Session, name: string): Promise<SettledState> {
  const state = await settleAndTell(session, name);
  if (state.phase !== 'running' || state.place === 'elsewhere') return state;
  const { record } = state;
  const repairs = [
    () => repairNetwork(session.paths, record),
    () => restoreRules(session, runningDefinition(record)),
  ];
  for (const repair of repairs) {
    try {
      await repair();
    } catch (error) {
      session.logger.error({ err: error, network: name }, 'a network could not be put right');
    }
  }
  return state;
}

/** The stored and the running definitions of all other networks; one that can't be read uses nothing that is known. */
export async function otherNetworks(session: Session, name: string): Promise<NetworkDefinition[]> {
  const stored = await session.networks.definitions();
  const running = runningNames(session.paths).flatMap((other) => {
    const state = networkStateIfAny(session.paths, other);
    return state !== undefined && isActive(state) ? [runningDefinition(state.record)] : [];
  });
  return [...stored, ...running].filter((definition) => definition.name !== name);
}

/** Whether it has a bridge, or may still have one, as while it stops. */
export function isActive(state: NetworkState): state is NetworkState & { phase: 'running' } {
  return state.phase === 'running' || state.phase === 'stopping';
}
