/** The hooks of networks for the interfaces of containers. Called under the domain's lock. */
import type { LinkRecord, StartRecord } from '../../container/record/run-state';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import type { Port } from '../../plan/network/links';
import { activeNetworkOf, portsOfStart, portsToBe } from '../networks/container-ports';
import type { PluggedPort } from '../networks/container-ports';
import type { Session } from '../session/session';
import { markPorts, unmarkPorts } from './hook-mark';
import type { MarkedPort } from './hook-mark';
import { hasNetworkHooks, networkHook } from './network-hooks';

/** Interfaces, and where each of them is about to be plugged in. */
interface Plugging {
  readonly definition: DomainDefinition;
  readonly ports: readonly Port[];
}

/**
 * The hooks for the ports that a start is about to make; `rollback` calls `port-deleted` for those for which `created` has succeeded.
 * Calls no script itself, so that the start can add further steps to `rollback` before one refuses a port.
 *
 * @throws as `hasNetworkHooks`.
 */
export function preparePortHooks(
  session: Session,
  plugging: Plugging,
  { rollback, signal }: { readonly rollback: Rollback; readonly signal?: AbortSignal | undefined },
): Pick<PortAnnouncement, 'created'> {
  const { name } = plugging.definition;
  const announcement = portsToAnnounce(session, plugging, signal);
  if (announcement.ports.length === 0) return announcement;
  const marked = announcement.ports.map(({ network, port }) => ({ network: network.name, port }));
  markPorts(session, name, marked);
  rollback.add(async () => {
    await announcement.deleted();
    unmarkPorts(session, name);
  });
  return announcement;
}

/** Calls the hooks for these ports. */
export interface PortAnnouncement {
  readonly ports: readonly PluggedPort[];
  /** Calls `port-created` for each, before it is made. @throws as `networkHook`, without calls for those after the refused one. */
  readonly created: () => Promise<void>;
  /** Calls `port-deleted` for those for which `created` has succeeded, the last one first. */
  readonly deleted: () => Promise<void>;
}

/** Without scripts for networks, there are no ports to call hooks for. @throws as `hasNetworkHooks`. */
export function portsToAnnounce(
  session: Session,
  { definition, ports: plugs }: Plugging,
  signal?: AbortSignal,
): PortAnnouncement {
  const isTold = definition.interfaces.length > 0 && hasNetworkHooks(session);
  const ports = isTold ? portsToBe(session, definition, plugs) : [];
  const told: PluggedPort[] = [];
  return {
    ports,
    created: async () => {
      for (const plugged of ports) {
        await networkHook(session, 'port-created', { ...plugged, signal });
        told.unshift(plugged);
      }
    },
    deleted: async () => {
      for (const plugged of told.splice(0)) await networkHook(session, 'port-deleted', plugged);
    },
  };
}

/** Calls `port-deleted` for these ports of a start whose process was killed before the start was on record. */
export async function announceMarkedPorts(
  session: Session,
  marked: readonly MarkedPort[],
): Promise<void> {
  for (const { network: name, port } of marked) {
    const network = activeNetworkOf(session, name);
    if (network !== undefined) await networkHook(session, 'port-deleted', { network, port });
  }
}

/** Calls `port-deleted` for the ports of a container that has ended. A failure is logged, and the clean-up goes on. */
export async function announceGonePorts(session: Session, start: StartRecord): Promise<void> {
  await announceGone(session, start, start.links ?? []);
}

/** Calls `port-deleted` for the interface that is being taken out of a running container, or that could not be attached. */
export async function announceUnplugged(session: Session, record: StartRecord): Promise<void> {
  const { links = [], plug } = record;
  const left = plug?.without.links ?? [];
  const gone = links.filter(({ guest }) => !left.some((one) => one.guest === guest));
  await announceGone(session, record, gone);
}

async function announceGone(
  session: Session,
  start: StartRecord,
  gone: readonly LinkRecord[],
): Promise<void> {
  if (!gone.some(({ network }) => network !== undefined)) return;
  try {
    if (!hasNetworkHooks(session)) return;
    const ports = portsOfStart(session, start);
    for (const plugged of ports.filter(({ port }) => gone.some(({ mac }) => mac === port.mac))) {
      await networkHook(session, 'port-deleted', plugged);
    }
  } catch (error) {
    session.logger.warn(
      { err: error, domain: start.name },
      'the hooks of its ports are not called',
    );
  }
}
