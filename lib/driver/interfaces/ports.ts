/** Where the interfaces of a domain are plugged in: what their `<source>` means on this host, now. */
import type { DomainDefinition } from '../../domain/definition';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import type { Port } from '../../plan/network/links';
import { startAutostartNetworks } from '../networks/autostart';
import { networkPort } from './network-port';
import type { PortContext } from './network-port';
import type { Session } from '../session/session';

export interface PortUse extends Omit<PortContext, 'chosen'> {
  /** Called with the name of each network that is started with the host, and is now. */
  readonly onNetworkStarted?: ((name: string) => void) | undefined;
}

/**
 * One for each `<interface>`, in document order. With `start`, networks that are started with the host and not up yet are brought up.
 *
 * @throws DefinitionError NO_NETWORK; OPERATION_INVALID for a network that is not active; and as `networkPort`.
 */
export async function portsOf(
  session: Session,
  definition: DomainDefinition,
  use: PortUse,
): Promise<Port[]> {
  const { interfaces } = definition;
  if (use.intent === 'start' && interfaces.some(({ type }) => type === 'network')) {
    await startAutostartNetworks(session, use.onNetworkStarted);
  }
  const ports: Port[] = [];
  for (const one of interfaces) {
    const chosen = ports.flatMap((port) => (port.kind === 'direct' ? [port.device] : []));
    ports.push(await portOf(session, one, { chosen, ...use }));
  }
  return ports;
}

async function portOf(
  session: Session,
  definition: InterfaceDefinition,
  context: PortContext,
): Promise<Port> {
  switch (definition.type) {
    case 'bridge':
      return Promise.resolve({
        kind: 'bridge',
        bridge: definition.bridge,
        ...(definition.virtualPort === undefined ? {} : { virtualPort: definition.virtualPort }),
      });
    case 'direct':
      return Promise.resolve({ kind: 'direct', device: definition.device, mode: definition.mode });
    case 'ethernet':
      return Promise.resolve({ kind: 'free' });
    case 'network':
      return networkPort(session, definition, context);
  }
}
