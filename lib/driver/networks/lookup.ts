/** Which virtual networks there are, and what state they are in: from the stored definitions and the run folders. */
import { TslxcError } from '../../errors';
import type { Identity, StoredIdentity } from '../../host/state/definitions/definition-store';
import { present } from '../../present';
import { networkStateIfAny, readNetworkState, runningNames } from '../../network/lifecycle/state';
import type { NetworkState } from '../../network/lifecycle/state';
import { isNetworkMarkLeft } from '../hooks/network-mark';
import { canonicalUuid } from '../lookup/canonical-uuid';
import { passesFilter, type ListFilter } from '../lookup/list-filter';
import { prepareNetworks } from './autostart';
import { isActive, isForgottenInPart, needsRepair, settleAndRepair } from './settling';
import type { Session } from '../session/session';

/** A network as it is now. */
export interface FoundNetwork extends Identity {
  readonly state: NetworkState;
  readonly persistence: 'persistent' | 'transient';
  /** Why its stored definition can't be read. That of an active network is only looked at for a list. */
  readonly unreadable?: Error;
}

/** By name; also a network whose stored definition can't be read. @throws TslxcError NO_NETWORK. */
export async function findNetworkByName(session: Session, name: string): Promise<FoundNetwork> {
  await prepareNetworks(session);
  const found = describe(session, name, await lookAt(session, name));
  if (found !== undefined) return found;
  throw noNetwork(`no network with matching name '${name}'`);
}

/** By uuid, in any of the forms that libvirt accepts. @throws TslxcError NO_NETWORK, INVALID_ARG. */
export async function findNetworkByUuid(session: Session, uuid: string): Promise<FoundNetwork> {
  const wanted = canonicalUuid(uuid);
  await prepareNetworks(session);
  const name = await networkOfUuid(session, wanted);
  if (name !== undefined) {
    const found = describe(session, name, await lookAt(session, name));
    if (found?.uuid === wanted) return found;
  }
  throw noNetwork(`no network with matching uuid '${wanted}'`);
}

/** A network of which it is unknown whether it runs. */
type UnknownNetwork = Omit<FoundNetwork, 'state'> & { readonly state?: never };

/** The uuid of a transient network whose record can't be read: no network can be defined with it. */
const unknownUuid = '00000000-0000-0000-0000-000000000000';

/** All networks, by name. One whose state can't be read is among them, as active and as inactive; whatever is asked of it fails with the reason. */
export async function findAllNetworks(
  session: Session,
  filter: ListFilter,
): Promise<readonly (FoundNetwork | UnknownNetwork)[]> {
  await prepareNetworks(session);
  const identities = await session.networks.identities();
  const stored = new Map(identities.map((identity) => [identity.name, identity]));
  const names = new Set([...stored.keys(), ...runningNames(session.paths)]);
  const all = await Promise.all(
    [...names].sort().map((name) => lookForList(session, name, stored.get(name))),
  );
  return all.filter((one) => one !== undefined).filter((one) => passes(session, one, filter));
}

async function lookForList(
  session: Session,
  name: string,
  stored: StoredIdentity | undefined,
): Promise<FoundNetwork | UnknownNetwork | undefined> {
  try {
    return combine(name, await lookAt(session, name), stored);
  } catch (error) {
    session.logger.warn({ err: error, network: name }, "the state of a network can't be read");
    const persistence = stored === undefined ? 'transient' : 'persistent';
    return { name, uuid: stored?.uuid ?? unknownUuid, persistence };
  }
}

/** The state of the network that a handle stands for. @throws TslxcError NO_NETWORK. */
export async function currentNetwork(session: Session, identity: Identity): Promise<FoundNetwork> {
  return checkSameNetwork(session, identity, await lookAt(session, identity.name));
}

/** @throws TslxcError NO_NETWORK when the network is gone or another has its name now. */
export function checkSameNetwork(
  session: Session,
  { name, uuid }: Identity,
  state: NetworkState,
): FoundNetwork {
  const found = describe(session, name, state);
  if (found?.uuid === uuid) return found;
  throw noNetwork(`no network with matching uuid '${uuid}' (${name})`);
}

/** The name of the stored or running network with that uuid. */
export async function networkOfUuid(session: Session, uuid: string): Promise<string | undefined> {
  const identities = await session.networks.identities();
  const stored = identities.find((identity) => identity.uuid === uuid);
  if (stored !== undefined) return stored.name;
  return runningNames(session.paths).find((name) => {
    const state = networkStateIfAny(session.paths, name);
    return state !== undefined && isActive(state) && state.record.uuid === uuid;
  });
}

/** The uuid that a name stands for now; undefined when it is free, or its definition can't be read and is to be replaced. */
export function uuidOfNetwork(
  session: Session,
  name: string,
  state: NetworkState,
): string | undefined {
  const found = describe(session, name, state);
  return found?.unreadable === undefined ? found?.uuid : undefined;
}

export function noNetwork(detail: string): TslxcError {
  return new TslxcError('NO_NETWORK', detail);
}

/** The state of one network, repaired if need be. One that another process works on is taken as it is, so that no list hangs. */
async function lookAt(session: Session, name: string): Promise<NetworkState> {
  const { paths, access, logger } = session;
  const state = readNetworkState(paths, name);
  if (access === 'read-only') return state;
  const isUnfinished =
    isNetworkMarkLeft(session, name, state) || isForgottenInPart(session, name, state);
  if (!isUnfinished && !(await needsRepair(session, name, { state, look: 'thorough' })))
    return state;
  try {
    return await session.lockedNetwork(name, () => settleAndRepair(session, name));
  } catch (error) {
    logger.error({ err: error, network: name }, 'putting a network right failed');
    return readNetworkState(paths, name);
  }
}

function describe(session: Session, name: string, state: NetworkState): FoundNetwork | undefined {
  if (!isActive(state)) return combine(name, state, session.networks.identity(name));
  // The uuid of a running network is known even when its stored file is damaged.
  const stored = session.networks.has(name) ? { name, uuid: state.record.uuid } : undefined;
  return combine(name, state, stored);
}

function combine(
  name: string,
  state: NetworkState,
  stored: StoredIdentity | undefined,
): FoundNetwork | undefined {
  const uuid = isActive(state) ? state.record.uuid : stored?.uuid;
  if (uuid === undefined) return undefined;
  const persistence = stored === undefined ? 'transient' : 'persistent';
  return { name, uuid, state, persistence, ...present({ unreadable: stored?.unreadable }) };
}

function passes(
  session: Session,
  { name, state, persistence }: FoundNetwork | UnknownNetwork,
  filter: ListFilter,
): boolean {
  const active = state === undefined ? undefined : isActive(state);
  const isAutostarted = (): boolean => session.networks.isAutostarted(name);
  return passesFilter({ active, persistence, isAutostarted }, filter);
}
