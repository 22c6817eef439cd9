/**
 * Rates of interfaces, applied when a container starts: those of its own interfaces on the host's side of each, and
 * `floor`, its guaranteed share of a network's rate, on the network's bridge.
 */
import type { LinkRecord } from '../../container/record/run-state';
import type { ContainerStart } from '../../container/start/container-start';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import type { Bandwidth, InterfaceDefinition } from '../../domain/interface/definition';
import { definitionError } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import { activeNetwork } from '../../network/active-network';
import type { NetworkDefinition } from '../../network/definition/definition';
import { runningDefinition } from '../../network/lifecycle/reconcile';
import { shapeNetwork } from '../../network/shaping/shaping';
import { readNetworkState } from '../../network/lifecycle/state';
import type { Port } from '../../plan/network/links';
import { networkLinks } from '../networks/links';
import type { Session } from '../session/session';

type WhenLinked = NonNullable<ContainerStart['whenLinked']>;

/** A domain, and where each of its interfaces is plugged in, in the same order. */
interface Plugged {
  readonly definition: DomainDefinition;
  readonly ports: readonly Port[];
}

/**
 * What a start does once its interfaces exist; undefined when none of them has a rate, so that it need not wait. `rollback`
 * gives its shares of networks back, after the record of the start is gone, since that counts as holding them.
 */
export function whenLinked(
  session: Session,
  { definition, ports }: Plugged,
  rollback: Rollback,
): WhenLinked | undefined {
  const isShaped = definition.interfaces.some((one, index) => ratesOf(one, ports[index]));
  if (!isShaped) return undefined;
  let networks: readonly string[] = [];
  rollback.add(() => giveUpFloors(session, networks));
  return async (links) => {
    networks = sharedNetworks(links);
    for (const { host, bandwidth } of links) {
      if (host === undefined || bandwidth === undefined) continue;
      await session.containers.shapeLink(host, bandwidth);
    }
    await settleFloors(session, networks);
  };
}

/**
 * @throws DefinitionError OPERATION_UNSUPPORTED for a floor when the network has no rate, OPERATION_INVALID when too much of
 * its rate is promised to others.
 */
export async function checkFloors(
  session: Session,
  {
    definition,
    ports,
  }: { readonly definition: Pick<DomainDefinition, 'interfaces'>; readonly ports: readonly Port[] },
): Promise<void> {
  const promised = new Map<string, number>();
  for (const [index, one] of definition.interfaces.entries()) {
    const port = ports[index];
    const floor = ratesOf(one, port)?.inbound?.floor;
    if (floor === undefined || port?.kind !== 'bridge' || port.network === undefined) continue;
    const before = promised.get(port.network) ?? 0;
    promised.set(port.network, before + floor);
    const others = await sharesOf(session, port.network);
    const kept = [...others.map((share) => share.floor), before].reduce(
      (sum, share) => sum + share,
      0,
    );
    const place = { path: 'domain/devices/interface', position: one.position };
    const fault = floorFault(session, { mac: one.mac, network: port.network, floor, kept });
    if (fault !== undefined) throw definitionError(fault.code, fault.detail, place);
  }
}

/** @throws TslxcError as `checkFloors`, for the share that an interface of a running container is to have. */
export async function checkFloor(
  session: Session,
  { network, mac }: LinkRecord,
  floor: number,
): Promise<void> {
  if (network === undefined) return;
  const others = (await sharesOf(session, network)).filter((share) => share.mac !== mac);
  const kept = others.reduce((sum, share) => sum + share.floor, 0);
  const fault = floorFault(session, { mac, network, floor, kept });
  if (fault !== undefined) throw new TslxcError(fault.code, fault.detail);
}

/** Sets the shares on the bridges of these networks to those of the running containers. */
export async function settleFloors(session: Session, networks: readonly string[]): Promise<void> {
  for (const name of networks) {
    await session.lockedNetwork(name, async () => {
      const definition = activeDefinition(session, name);
      if (definition?.bandwidth === undefined) return;
      const shares = await sharesOf(session, name);
      await shapeNetwork(activeNetwork(session.paths, definition), shares);
    });
  }
}

/** To be called after the end of containers, or of failed starts: their shares of networks become free for others. */
export async function giveUpFloors(session: Session, networks: readonly string[]): Promise<void> {
  try {
    await settleFloors(session, networks);
  } catch (error) {
    session.logger.error({ err: error, networks }, 'shares of networks could not be freed');
  }
}

/** The networks that these interfaces have a share of. */
export function sharedNetworks(links: readonly LinkRecord[]): string[] {
  const shared = links.filter(({ bandwidth }) => bandwidth?.inbound?.floor !== undefined);
  return [...new Set(shared.flatMap(({ network }) => network ?? []))];
}

function ratesOf(
  { bandwidth }: InterfaceDefinition,
  port: Port | undefined,
): Bandwidth | undefined {
  return bandwidth ?? (port?.kind === 'bridge' ? port.bandwidth : undefined);
}

async function sharesOf(
  session: Session,
  network: string,
): Promise<{ mac: string; floor: number }[]> {
  const links = await networkLinks(session, network);
  return links.flatMap(({ mac, bandwidth }) => {
    const floor = bandwidth?.inbound?.floor;
    return floor === undefined ? [] : [{ mac, floor }];
  });
}

/** Undefined when it isn't running here. */
function activeDefinition(session: Session, name: string): NetworkDefinition | undefined {
  const state = readNetworkState(session.paths, name);
  if (state.phase !== 'running' || state.place === 'elsewhere') return undefined;
  return runningDefinition(state.record);
}

interface Share {
  readonly mac: string;
  readonly network: string;
  readonly floor: number;
  /** The sum of the floors of others. */
  readonly kept: number;
}

/** Why a share can't be had, in libvirt's words. */
function floorFault(session: Session, { mac, network, floor, kept }: Share) {
  const definition = activeDefinition(session, network);
  const { average, peak } = definition?.bandwidth?.inbound ?? {};
  if (average === undefined) {
    const detail = `Invalid use of 'floor' on interface with MAC address ${mac} - network '${network}' has no inbound QoS set`;
    return { code: 'OPERATION_UNSUPPORTED', detail } as const;
  }
  if (kept + floor <= (peak ?? average)) return undefined;
  const limit = peak === undefined ? 'average' : 'peak';
  const bridge = definition?.bridge.name ?? '';
  const detail = `Cannot plug '${mac}' interface into '${bridge}' because it would overcommit 'inbound.${limit}' on network '${network}'`;
  return { code: 'OPERATION_INVALID', detail } as const;
}
