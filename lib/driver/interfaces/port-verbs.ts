/**
 * The ports of a virtual network: one for each interface of a container that is plugged into it, and those that were made
 * without a container, for an interface that another program plugs in.
 */
import { randomUUID } from 'node:crypto';
import { refuseUnknown } from '../../domain/xml/unsupported';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { readNetworkState } from '../../network/lifecycle/state';
import { formatNetworkPort, parseNetworkPort } from '../../network/definition/port';
import type { PortDefinition } from '../../network/definition/port';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import {
  installedSchemas,
  isToBeValidated,
  parseGiven,
  validateText,
} from '../definitions/validate';
import { setBandwidth } from './bandwidth';
import { portIn } from './network-port';
import { changeRates } from './rates';
import type { Rates, RatesChange } from './rates';
import { standingStarts } from '../lookup/readable-state';
import type { Session } from '../session/session';
import type { DefineOptions } from '../types';
import { plugOf, portsOfContainer } from '../networks/container-ports';
import { createdPorts, makePort, removePort, replacePort } from '../networks/created-ports';
import { notActive } from '../networks/inspect';
import { checkSameNetwork, currentNetwork } from '../networks/lookup';
import { isActive, settleAndTell } from '../networks/settling';
import { warnOfUnknown } from '../networks/unknown-elements';

/** A port of a virtual network. */
export interface NetworkPort {
  /** In lower case with dashes. */
  readonly uuid: string;
  /** The domain whose interface it is for. */
  readonly owner: {
    /** Its name. */
    readonly name: string;
    /** Its uuid, in lower case with dashes. */
    readonly uuid: string;
  };
  /** MAC address of the interface. */
  readonly mac: string;
  /** The bridge that it is a port of; absent for a device of a pool. */
  readonly bridge?: string;
  /** The device of the pool that it was given. */
  readonly device?: string;
  /** `container`: an interface of a container that runs; `created`: by `Network.createPort`. */
  readonly origin: 'container' | 'created';
}

interface Found {
  readonly definition: PortDefinition;
  readonly origin: NetworkPort['origin'];
}

/** By uuid. @throws TslxcError OPERATION_INVALID when the network is off, NO_NETWORK. */
export async function listPorts(session: Session, identity: Identity): Promise<NetworkPort[]> {
  return (await portsOf(session, identity)).map(described);
}

/** @throws TslxcError NO_NETWORK_PORT, NO_NETWORK. */
export async function portXml(session: Session, identity: Identity, uuid: string): Promise<string> {
  return formatNetworkPort((await findPort(session, identity, uuid)).definition);
}

/**
 * Makes a port, lets the network choose what it is plugged into, and warns of what was left out of its document.
 *
 * @throws DefinitionError; as `validateText`; TslxcError OPERATION_INVALID when the network is off, NETWORK_PORT_EXIST, NO_NETWORK;
 * OPERATION_FAILED when a pool has no device left.
 */
export async function createPort(
  session: Session,
  identity: Identity,
  { xml, ...options }: DefineOptions & { readonly xml: string },
): Promise<NetworkPort> {
  const { name } = identity;
  const { unknown = [], ...wanted } = parseGiven(session, options, (noted) =>
    parseNetworkPort(xml, { newUuid: randomUUID, unknown: noted }),
  );
  if (options.validate === true) await validateText(xml, { unknown }, installedSchemas.networkPort);
  // Strict settings alone do not validate against the schema: that requires a uuid, while a port without one is given one.
  else if (isToBeValidated(session, {})) refuseUnknown(unknown);
  const port = await plugIn(session, identity, wanted);
  warnOfUnknown(session, { name, unknown }, options);
  return port;
}

async function plugIn(
  session: Session,
  identity: Identity,
  wanted: PortDefinition,
): Promise<NetworkPort> {
  const { name } = identity;
  return session.lockedNetwork(name, async () => {
    const state = await settleAndTell(session, name);
    checkSameNetwork(session, identity, state);
    if (state.phase !== 'running' || state.place === 'elsewhere') throw notActive(name);
    const known = await portsOf(session, identity);
    if (known.some(({ definition }) => definition.uuid === wanted.uuid)) {
      const detail = `Network port with UUID ${wanted.uuid} already exists`;
      throw new TslxcError('NETWORK_PORT_EXIST', detail);
    }
    const network = runningDefinition(state.record);
    const port = await portIn(
      session,
      { definition: network, isPreviewed: false },
      {
        wanted: portgroupAs(wanted),
        place: { path: 'networkport', position: { line: 1, column: 1 } },
        chosen: known.flatMap(({ definition: { plug }, origin }) =>
          origin === 'created' && plug?.type === 'direct' ? [plug.device] : [],
        ),
        intent: 'preview',
      },
    );
    const definition = { ...wanted, plug: plugOf(port, network) };
    await makePort(session, network, definition);
    return described({ definition, origin: 'created' });
  });
}

/**
 * Removes a port that was made without a container.
 *
 * @throws TslxcError OPERATION_INVALID for the interface of a container that runs; NO_NETWORK_PORT, NO_NETWORK.
 */
export async function deletePort(
  session: Session,
  identity: Identity,
  uuid: string,
): Promise<void> {
  const { name } = identity;
  await session.lockedNetwork(name, async () => {
    const { definition, origin } = await findPort(session, identity, uuid);
    if (origin === 'container') {
      const detail = `port ${uuid} is an interface of domain '${definition.owner.name}', which runs`;
      throw new TslxcError('OPERATION_INVALID', detail);
    }
    const state = readNetworkState(session.paths, name);
    if (isActive(state)) await removePort(session, runningDefinition(state.record), definition);
  });
}

/** @throws TslxcError OPERATION_INVALID when the network is off; NO_NETWORK_PORT, NO_NETWORK. */
export async function getPortBandwidth(
  session: Session,
  identity: Identity,
  uuid: string,
): Promise<Rates> {
  return changeRates((await findPort(session, identity, uuid)).definition.bandwidth, {});
}

interface PortChange {
  readonly uuid: string;
  readonly change: RatesChange;
}

/**
 * Of the interface of a container at once, as `setBandwidth` does; of another port on record, for the program that plugs it in.
 *
 * @throws as `setBandwidth`; TslxcError OPERATION_INVALID when the network is off; NO_NETWORK_PORT, NO_NETWORK.
 */
export async function setPortBandwidth(
  session: Session,
  identity: Identity,
  { uuid, change }: PortChange,
): Promise<void> {
  const { definition, origin } = await findPort(session, identity, uuid);
  if (origin === 'container') {
    // Not under the network's lock: it takes the domain's first.
    const { owner, mac: device } = definition;
    await setBandwidth(session, owner, { device, which: 'live', change });
    return;
  }
  const { name } = identity;
  await session.lockedNetwork(name, async () => {
    const { definition: port } = await findPort(session, identity, uuid);
    replacePort(session, name, withRates(port, change));
  });
}

/** @throws TslxcError INVALID_ARG for rates that make no sense. */
function withRates({ bandwidth, ...rest }: PortDefinition, change: RatesChange): PortDefinition {
  const rates = changeRates(bandwidth, change);
  if (rates.inbound === undefined && rates.outbound === undefined) return rest;
  const position = bandwidth?.position ?? { line: 1, column: 1 };
  return { ...rest, bandwidth: { ...rates, position } };
}

async function findPort(session: Session, identity: Identity, uuid: string): Promise<Found> {
  const all = await portsOf(session, identity);
  const found = all.find(({ definition }) => definition.uuid === uuid.toLowerCase());
  if (found !== undefined) return found;
  const detail = `Network port with UUID ${uuid} does not exist`;
  throw new TslxcError('NO_NETWORK_PORT', detail);
}

async function portsOf(session: Session, identity: Identity): Promise<Found[]> {
  const { name, state } = await currentNetwork(session, identity);
  if (!isActive(state)) throw notActive(name);
  const network = runningDefinition(state.record);
  const starts = await standingStarts(session);
  return [
    ...[...starts.values()]
      .flatMap((start) => portsOfContainer(session, start, network))
      .map((definition): Found => ({ definition, origin: 'container' })),
    ...createdPorts(session, name).map((definition): Found => ({ definition, origin: 'created' })),
  ].sort((a, b) => (a.definition.uuid < b.definition.uuid ? -1 : 1));
}

function portgroupAs({ group, vlan, bandwidth, isolated }: PortDefinition) {
  return {
    ...(group === undefined ? {} : { portgroup: group }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(isolated === undefined ? {} : { isolated }),
  };
}

function described({ definition, origin }: Found): NetworkPort {
  const { uuid, owner, mac, plug } = definition;
  return {
    uuid,
    owner,
    mac,
    origin,
    ...(plug === undefined
      ? {}
      : plug.type === 'direct'
        ? { device: plug.device }
        : { bridge: plug.bridge }),
  };
}
