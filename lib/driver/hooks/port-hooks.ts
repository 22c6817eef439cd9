/** The hooks of networks about the interfaces of containers. Under the domain's lock. */
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

/** Tells of the ports that a start is about to make; if it fails, that they are gone. @throws as `networkHook`. */
export async function tellOfPorts(
  session: Session,
  plugging: Plugging,
  { rollback, signal }: { readonly rollback: Rollback; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { name } = plugging.definition;
  const telling = portsToTellOf(session, plugging, signal);
  if (telling.ports.length === 0) return;
  const marked = telling.ports.map(({ network, port }) => ({ network: network.name, port }));
  markPorts(session, name, marked);
  rollback.add(async () => {
    await telling.deleted();
    unmarkPorts(session, name);
  });
  await telling.created();
}

/** What tells of ports. */
export interface PortTelling {
  readonly ports: readonly PluggedPort[];
  /** That they are about to be made. @throws as `networkHook`: those after the refused one are not told of. */
  readonly created: () => Promise<void>;
  /** That those are gone that `created` has told of, the last one first. */
  readonly deleted: () => Promise<void>;
}

/** Nothing is told of where there is no script. @throws as `hasNetworkHooks`. */
export function portsToTellOf(
  session: Session,
  { definition, ports: plugs }: Plugging,
  signal?: AbortSignal,
): PortTelling {
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

/** Tells that these are gone, of a start whose process was killed before it had a record. */
export async function tellOfMarkedPorts(
  session: Session,
  marked: readonly MarkedPort[],
): Promise<void> {
  for (const { network: name, port } of marked) {
    const network = activeNetworkOf(session, name);
    if (network !== undefined) await networkHook(session, 'port-deleted', { network, port });
  }
}

/** Tells that the ports of a container that has ended are gone. What goes wrong is logged: its clean-up goes on. */
export async function tellOfGonePorts(session: Session, start: StartRecord): Promise<void> {
  await tellOfGone(session, start, start.links ?? []);
}

/** Tells that the port of the interface is gone that is on its way out of a running container, or has not come in. */
export async function tellOfUnplugged(session: Session, record: StartRecord): Promise<void> {
  const { links = [], plug } = record;
  const left = plug?.without.links ?? [];
  const gone = links.filter(({ guest }) => !left.some((one) => one.guest === guest));
  await tellOfGone(session, record, gone);
}

async function tellOfGone(
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
