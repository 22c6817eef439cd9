/** define, create, start, destroy, undefine and autostart of virtual networks, and which name and uuid each may take. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { withPath } from '../../host/state/file-error';
import { zeroMac } from '../../network/elements/bridge';
import { freeBridgeName } from '../../network/elements/names';
import { bridgeInUse } from '../../network/bridge/bridge';
import { defaultNetwork, refuseDefault } from '../../network/lifecycle/default-network';
import { hasOwnBridge } from '../../network/definition/definition';
import type { NetworkDefinition } from '../../network/definition/definition';
import { libvirtNetworks, linkNames } from '../../network/bridge/host-use';
import { withHostNetworks } from '../../network/lifecycle/network-lock';
import type { SettledState } from '../../network/lifecycle/reconcile';
import { checkForgettable, forgetNetwork, writeOffRecord } from '../../network/lifecycle/state';
import { isUntouchedDefault, prepareNetworks } from './autostart';
import { checkSameNetwork, networkOfUuid, noNetwork, uuidOfNetwork } from './lookup';
import { endAndTell, otherNetworks, settleAndTell } from './settling';
import { launchNetwork } from './start';
import { checkNetworkText, readNetworkText, warnOfUnknown } from './unknown-elements';
import type { GivenNetwork } from '../session/given';
import { lockUuid } from '../session/identity-lock';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';

/**
 * Stores a definition; a running network of that name goes on unchanged. An unchanged default network, while it is off, is
 * replaced even by a definition with another uuid, such as libvirt's.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name, uuid or bridge belong to another network; and as
 * `checkNetworkText`.
 */
export async function defineNetwork(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<Identity> {
  const parsed = readNetworkText(session, xml, options);
  const { definition } = parsed;
  await checkNetworkText(session, { xml, parsed }, options);
  session.networks.path(definition.name);
  await prepareNetworks(session, definition.name);
  const identity = await storeNetwork(session, parsed);
  warnOfUnknown(session, definition, options);
  return identity;
}

async function storeNetwork(session: Session, parsed: GivenNetwork): Promise<Identity> {
  const { name } = parsed.definition;
  return session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    using _uuid = await lockExplicit(session, parsed);
    // The name of a bridge has to be unused both in the definitions and on the host: that takes both locks.
    return await session.networks.exclusive(() =>
      withHostNetworks(async () => {
        const replaced = replacedDefault(session, parsed, state);
        const own = takeOver(
          session,
          parsed,
          replaced ? undefined : uuidOfNetwork(session, name, state),
        );
        if (parsed.uuid === 'explicit') await checkUuidIsFree(session, own);
        const definition = await withBridgeName(session, own);
        if (replaced !== undefined) checkForgettable(session.paths, name);
        await session.networks.write(definition);
        if (replaced !== undefined) await forgetDefault(session, replaced);
        const { uuid } = definition;
        await session.announce({ event: 'defined', network: name, uuid });
        return { name, uuid };
      }),
    );
  });
}

/**
 * Starts a network from XML text: a transient one, or the inactive stored one of that name and uuid, whose stored
 * definition does not change.
 *
 * @throws DefinitionError; TslxcError OPERATION_FAILED when name or uuid belong to another network, OPERATION_INVALID when
 * it is active; and as `checkNetworkText` and `launchNetwork`.
 */
export async function createNetwork(
  session: Session,
  xml: string,
  options: DefineOptions,
): Promise<Identity> {
  const parsed = readNetworkText(session, xml, options);
  const { definition } = parsed;
  const { name, uuid } = definition;
  await checkNetworkText(session, { xml, parsed }, options);
  session.networks.path(name);
  await prepareNetworks(session, name);
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    const existing = uuidOfNetwork(session, name, state);
    const isItself = existing === definition.uuid || parsed.uuid === 'generated';
    if (state.phase === 'running' && isItself) throw isActiveAs(name);
    if (existing !== undefined && existing !== definition.uuid) throw nameIsTaken(name, existing);
    using _uuid = await lockExplicit(session, parsed);
    if (parsed.uuid === 'explicit') await checkUuidIsFree(session, definition);
    await checkBridgeIsFree(session, definition);
    await launchNetwork(session, definition);
  });
  warnOfUnknown(session, definition, options);
  return { name, uuid };
}

/** Starts the stored definition. @throws TslxcError OPERATION_INVALID when it is active, NO_NETWORK; as `launchNetwork`. */
export async function startNetwork(session: Session, identity: Identity): Promise<void> {
  const { name } = identity;
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    if (state.phase === 'running') throw invalid('network is already active');
    const definition = session.networks.read(name);
    if (definition === undefined) throw noNetwork(`no network with matching name '${name}'`);
    await withPath(session.networks.path(name), () => launchNetwork(session, definition));
  });
}

/** Stops it. Running containers keep their interfaces, unplugged. @throws TslxcError OPERATION_INVALID, NO_NETWORK. */
export async function destroyNetwork(session: Session, identity: Identity): Promise<void> {
  const { name, uuid } = identity;
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    if (state.phase !== 'running') throw invalid(`network '${name}' is not active`);
    if (state.place === 'elsewhere') {
      throw invalid(`network '${name}' runs in another network namespace of this host`);
    }
    if (!session.networks.has(name)) checkForgettable(session.paths, name);
    await endAndTell(session, state.record, 'stopped');
    if (!session.networks.has(name)) forgetNetwork(session.paths, name);
    await session.announce({ event: 'stopped', network: name, uuid });
    session.logger.info({ network: name }, 'network stopped');
  });
}

/** Removes the stored definition. A running network goes on, as a transient one. @throws TslxcError OPERATION_INVALID, NO_NETWORK. */
export async function undefineNetwork(session: Session, identity: Identity): Promise<void> {
  const { name, uuid } = identity;
  const { networks, paths } = session;
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    if (!networks.has(name)) throw invalid("can't undefine transient network");
    if (name === defaultNetwork) refuseDefault(paths);
    checkForgettable(paths, name);
    await networks.remove(name);
    if (state.phase === 'off') forgetNetwork(paths, name);
    await session.announce({ event: 'undefined', network: name, uuid });
  });
}

/** Sets whether it is started with the host. It is not started now. @throws TslxcError OPERATION_INVALID, NO_NETWORK. */
export async function setNetworkAutostart(
  session: Session,
  identity: Identity,
  autostart: 'on' | 'off',
): Promise<void> {
  const { name } = identity;
  const { networks, paths } = session;
  await session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    if (!networks.has(name)) throw invalid('cannot set autostart for transient network');
    // It takes effect at the next boot; until then, the network is off because no caller has started it.
    if (autostart === 'on' && state.phase === 'off' && state.why === undefined) {
      writeOffRecord(paths, identity, 'asked');
    }
    await networks.setAutostart(name, autostart);
  });
}

function invalid(detail: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail);
}

function isActiveAs(name: string): TslxcError {
  return invalid(`network is already active as '${name}'`);
}

function nameIsTaken(name: string, uuid: string): TslxcError {
  return new TslxcError('OPERATION_FAILED', `network '${name}' already exists with uuid ${uuid}`);
}

/** Without a `<uuid>` or `<mac>` of its own, a definition is a new one of the network that has the name. */
function takeOver(
  session: Session,
  { definition, uuid, mac }: GivenNetwork,
  existing: string | undefined,
): NetworkDefinition {
  if (existing === undefined) return definition;
  if (uuid === 'explicit' && existing !== definition.uuid) {
    throw nameIsTaken(definition.name, existing);
  }
  const former = storedOrNone(session, definition.name);
  const { mac: formerMac = zeroMac } = former ?? {};
  const keptMac = mac === 'generated' && formerMac !== zeroMac ? { mac: formerMac } : {};
  const { bridge } = definition;
  const name = bridge.name ?? former?.bridge.name;
  const isKept = hasOwnBridge(definition) && former !== undefined && hasOwnBridge(former);
  return {
    ...definition,
    uuid: existing,
    ...keptMac,
    ...(isKept && name !== undefined ? { bridge: { ...bridge, name } } : {}),
  };
}

/** The unchanged default network, if the definition replaces it with another uuid. */
function replacedDefault(
  session: Session,
  { definition, uuid }: GivenNetwork,
  state: SettledState,
): NetworkDefinition | undefined {
  if (definition.name !== defaultNetwork || uuid !== 'explicit') return undefined;
  const former = storedOrNone(session, definition.name);
  if (former === undefined || former.uuid === definition.uuid) return undefined;
  return state.phase === 'off' && isUntouchedDefault(session, former) ? former : undefined;
}

/** Removes its leftovers, so that the network that replaces it is off and not started with the host, as any new one. */
async function forgetDefault(session: Session, { name, uuid }: NetworkDefinition): Promise<void> {
  await session.networks.setAutostart(name, 'off');
  forgetNetwork(session.paths, name);
  await session.announce({ event: 'undefined', network: name, uuid });
}

/** As in libvirt, a definition without a name for its bridge is given one permanently. */
async function withBridgeName(
  session: Session,
  definition: NetworkDefinition,
): Promise<NetworkDefinition> {
  await checkBridgeIsFree(session, definition);
  const { bridge } = definition;
  if (bridge.name !== undefined || !hasOwnBridge(definition)) return definition;
  const others = await otherNetworks(session, definition.name);
  const taken = [
    ...others.flatMap((other) => other.bridge.name ?? []),
    ...(await linkNames()),
    ...libvirtNetworks().bridges,
  ];
  return { ...definition, bridge: { ...bridge, name: freeBridgeName(new Set(taken)) } };
}

/** Two networks with bridges of their own can't share one. @throws TslxcError OPERATION_FAILED. */
async function checkBridgeIsFree(session: Session, definition: NetworkDefinition): Promise<void> {
  const { name: bridge } = definition.bridge;
  if (bridge === undefined || !hasOwnBridge(definition)) return;
  const others = await otherNetworks(session, definition.name);
  if (others.some((other) => other.bridge.name === bridge)) throw bridgeInUse(bridge);
}

/** The lock of the uuid; none for one that was just generated, which can't be another network's. */
async function lockExplicit(
  session: Session,
  { definition, uuid }: GivenNetwork,
): Promise<Disposable | undefined> {
  if (uuid === 'generated') return undefined;
  return lockUuid(session, { of: 'network', uuid: definition.uuid });
}

async function checkUuidIsFree(session: Session, { name, uuid }: NetworkDefinition): Promise<void> {
  const holder = await networkOfUuid(session, uuid);
  if (holder === undefined || holder === name) return;
  const detail = `network '${holder}' is already defined with uuid ${uuid}`;
  throw new TslxcError('OPERATION_FAILED', detail);
}

function storedOrNone(session: Session, name: string): NetworkDefinition | undefined {
  try {
    return session.networks.read(name);
  } catch {
    return undefined;
  }
}
