/**
 * Networks that are started without a request: those that are started with the host, at the first use of any network after
 * it has booted, and the default network, which is made at the first call on networks.
 */
import type { Identity } from '../../host/state/definitions/definition-store';
import {
  defaultNetwork,
  defaultNetworkXml,
  isBuiltInDefault,
  isDefaultRefused,
} from '../../network/lifecycle/default-network';
import { withHostNetworks } from '../../network/lifecycle/network-lock';
import { readNetworkState, writeOffRecord } from '../../network/lifecycle/state';
import type { NetworkState } from '../../network/lifecycle/state';
import type { NetworkDefinition } from '../../network/definition/definition';
import { generatorsOf } from '../session/stores';
import { isActive, otherNetworks, settleAndTell } from './settling';
import { launchNetwork } from './start';
import { parseGivenNetwork } from '../session/given';
import type { Session } from '../session/session';

/**
 * To be called first in every call on networks. A failure is logged: the call may be about another network.
 *
 * @param defining - a name that the call is about to give to a network
 */
export async function prepareNetworks(session: Session, defining?: string): Promise<void> {
  if (session.access === 'read-only') return;
  try {
    if (defining !== defaultNetwork) await makeDefault(session);
  } catch (error) {
    session.logger.error({ err: error }, 'defining the default network failed');
  }
  await startAutostartNetworks(session);
}

/**
 * Starts the networks that are to be started with the host and have not been started since it booted. A network that was
 * stopped since, or that could not be started, stays off.
 *
 * @param onStarted - called with the name of each that is started
 */
export async function startAutostartNetworks(
  session: Session,
  onStarted?: (name: string) => void,
): Promise<void> {
  const { networks, paths, logger } = session;
  for (const name of networks.autostartedNames()) {
    try {
      if (!isDue(readNetworkState(paths, name))) continue;
      await session.lockedNetwork(name, async () => {
        if (!isDue(await settleAndTell(session, name))) return;
        await launchOnce(session, name, onStarted);
      });
    } catch (error) {
      logger.error({ err: error, network: name }, 'a network could not be started with the host');
    }
  }
}

/** A failure is recorded, so that a definition that can't be read or carried out is not tried again at each call. */
async function launchOnce(
  session: Session,
  name: string,
  onStarted: ((name: string) => void) | undefined,
): Promise<void> {
  const { networks, paths } = session;
  try {
    const definition = networks.read(name);
    if (definition === undefined) return;
    await launchNetwork(session, definition);
    onStarted?.(name);
  } catch (error) {
    if (isDue(readNetworkState(paths, name))) writeOffRecord(paths, { name, uuid: '' }, 'failed');
    throw error;
  }
}

/**
 * Defines the default network, unless it is defined or was undefined. It is started by the first container that names
 * it, or after the next boot.
 */
export async function makeDefault(session: Session): Promise<void> {
  if (isDefaultThere(session)) return;
  await session.lockedNetwork(defaultNetwork, async () => {
    if (isDefaultThere(session)) return;
    writeOffRecord(session.paths, await defineDefault(session), 'asked');
  });
}

async function defineDefault(session: Session): Promise<Identity> {
  const { networks } = session;
  const definition = await networks.exclusive(() =>
    withHostNetworks(async () => {
      const chosen = await newDefault(session);
      // An autostart link without a definition does not count: after a crash in between, both are made again.
      await networks.setAutostart(defaultNetwork, 'on');
      await networks.write(chosen);
      return chosen;
    }),
  );
  const { name, uuid } = definition;
  await session.announce({ event: 'defined', network: name, uuid });
  return { name, uuid };
}

/** The default network as it would be made now. */
export async function newDefault(session: Session): Promise<NetworkDefinition> {
  const others = await otherNetworks(session, defaultNetwork);
  const { definition } = parseGivenNetwork(await defaultNetworkXml(others));
  return { ...definition, uuid: defaultUuid(session) };
}

/**
 * Whether a stored definition is that of the default network as tslxc has made it, which no caller has defined or changed:
 * a definition of the user's own replaces it.
 */
export function isUntouchedDefault(session: Session, definition: NetworkDefinition): boolean {
  return definition.uuid === defaultUuid(session) && isBuiltInDefault(definition);
}

/** The same each time that the network is made, so that it can be recognized; different in each root. */
function defaultUuid({ networks }: Session): string {
  return generatorsOf(networks.path(defaultNetwork)).newUuid();
}

/** Whether it is started by the first container that names it, or by the first use of any network. */
export function isStartedByUse(session: Session, name: string, state: NetworkState): boolean {
  const { networks } = session;
  if (!networks.has(name) || !networks.isAutostarted(name)) return false;
  return isDue(state) || isFreshDefault(session, name, state);
}

/** Whether it is the default network, defined since the boot and not started yet: its first user starts it. */
export function isFreshDefault({ networks }: Session, name: string, state: NetworkState): boolean {
  const isFresh = state.phase === 'off' && state.why === 'asked';
  return name === defaultNetwork && isFresh && networks.isAutostarted(name);
}

export function isDefaultThere({ networks, paths }: Session): boolean {
  if (networks.has(defaultNetwork) || isDefaultRefused(paths)) return true;
  return isActive(readNetworkState(paths, defaultNetwork));
}

/** Whether it was neither started nor stopped since the boot. */
function isDue(state: NetworkState): boolean {
  return state.phase === 'off' && state.why === undefined;
}
