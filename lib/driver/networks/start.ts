/** Starts a network, for a caller, a container or a boot, under its lock, while the network is off; and what a container that fails takes back. */
import { announceEnd, expectEnd, networkHook } from '../hooks/network-hooks';
import { bringUp } from '../../network/lifecycle/lifecycle';
import type { NetworkDefinition } from '../../network/definition/definition';
import { forgetNetwork, readNetworkState, writeActiveRecord } from '../../network/lifecycle/state';
import type { Identity } from '../../host/state/definitions/definition-store';
import { networkLinks } from './links';
import { endAndTell, otherNetworks, settleAndTell } from './settling';
import type { Session } from '../session/session';

/**
 * Starts the network and announces it.
 *
 * @throws as `bringUp`, and as `networkHook` if a hook refuses it; the host is then as it was before.
 */
export async function launchNetwork(
  session: Session,
  definition: NetworkDefinition,
): Promise<void> {
  const { paths, networks, logger } = session;
  const { name, uuid } = definition;
  expectEnd(session, definition);
  try {
    await networkHook(session, 'start', { network: definition });
    // Other networks may have been defined or started while the scripts ran.
    const others = await otherNetworks(session, name);
    const takenBridges = others.flatMap(({ bridge }) => bridge.name ?? []);
    const onMade = async (network: NetworkDefinition): Promise<void> => {
      expectEnd(session, network);
      await networkHook(session, 'started', { network });
    };
    await bringUp({ paths, definition, takenBridges, onMade });
  } catch (error) {
    // If not everything could be undone, the network is still on record, and the next process calls the hooks of its end.
    if (readNetworkState(paths, name).phase === 'off') {
      await announceEnd(session, name);
      if (!networks.has(name)) forgetNetwork(paths, name);
    }
    throw error;
  }
  await session.announce({ event: 'started', network: name, uuid });
  logger.info({ network: name }, 'network started');
}

/**
 * The networks that are brought up for one container, by its start or for an interface that it is given. They are told of once it has
 * them. If it fails, they are taken down again, unless another container has come to use them meanwhile, or may: it would lose its
 * bridge.
 */
export class StartedNetworks {
  readonly #session: Session;
  readonly #domain: string;
  readonly #started: Identity[] = [];

  /** `domain`: the name of the container's, whose lock the caller holds. */
  constructor(session: Session, domain: string) {
    this.#session = session;
    this.#domain = domain;
  }

  add({ name, uuid }: Identity): void {
    this.#started.push({ name, uuid });
  }

  tell(onStarted: ((name: string) => void) | undefined): void {
    for (const { name } of this.#started) onStarted?.(name);
  }

  /** Never throws: the caller throws the reason why the container failed. */
  async takeBack(): Promise<void> {
    for (const network of this.#started.splice(0)) {
      try {
        await this.#takeDown(network);
      } catch (error) {
        const detail =
          'a network that was started for a container that failed could not be stopped';
        this.#session.logger.error({ err: error, network: network.name }, detail);
      }
    }
  }

  /** Off as it was before: the next container that names it starts it. */
  async #takeDown({ name, uuid }: Identity): Promise<void> {
    const session = this.#session;
    await session.lockedNetwork(name, async () => {
      const state = await settleAndTell(session, name);
      if (state.phase !== 'running' || state.place === 'elsewhere') return;
      if (state.record.uuid !== uuid || (await this.#isWanted(name))) return;
      // A start that looks at the network from now on waits for its lock; one that has looked before is seen by its own.
      const stopping = writeActiveRecord(session.paths, { ...state.record, phase: 'stopping' });
      // Also if that can't be found out: what is called stopping is taken down by the next who looks.
      const isWanted = await this.#isWanted(name).catch(() => true);
      if (isWanted) {
        writeActiveRecord(session.paths, { ...state.record, phase: 'running' });
        return;
      }
      await endAndTell(session, stopping, 'asked');
      await session.announce({ event: 'stopped', network: name, uuid });
      session.logger.info({ network: name }, 'network stopped, since its only container failed');
    });
  }

  /**
   * From before it looks at the network until its interfaces are on record, a start holds the lock of its domain, which has a run
   * folder: see `markUser`.
   */
  async #isWanted(network: string): Promise<boolean> {
    const { containers, paths } = this.#session;
    const others = containers.runNames(paths).filter((name) => name !== this.#domain);
    if (others.some((name) => containers.isDomainLocked(paths, name))) return true;
    return (await networkLinks(this.#session, network)).length > 0;
  }
}
