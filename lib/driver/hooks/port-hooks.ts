/** The hooks of networks about the interfaces of containers. Under the domain's lock. */
import type { StartRecord } from '../../container/record/run-state';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import type { Port } from '../../plan/network/links';
import { portsOfStart, portsToBe } from '../networks/container-ports';
import type { Session } from '../session/session';
import { hasNetworkHooks, networkHook } from './network-hooks';

/** Tells of the ports that a start is about to make; if it fails, that they are gone. @throws as `networkHook`. */
export async function tellOfPorts(
  session: Session,
  { definition, ports }: { readonly definition: DomainDefinition; readonly ports: readonly Port[] },
  rollback: Rollback,
): Promise<void> {
  if (definition.interfaces.length === 0 || !hasNetworkHooks(session)) return;
  for (const plugged of portsToBe(session, definition, ports)) {
    await networkHook(session, 'port-created', plugged);
    rollback.add(() => networkHook(session, 'port-deleted', plugged));
  }
}

/** Tells that the ports of a container that has ended are gone. What goes wrong is logged: its clean-up goes on. */
export async function tellOfGonePorts(session: Session, start: StartRecord): Promise<void> {
  if ((start.links ?? []).length === 0) return;
  try {
    if (!hasNetworkHooks(session)) return;
    for (const plugged of portsOfStart(session, start)) {
      await networkHook(session, 'port-deleted', plugged);
    }
  } catch (error) {
    session.logger.warn(
      { err: error, domain: start.name },
      'the hooks of its ports are not called',
    );
  }
}
