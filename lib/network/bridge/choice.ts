/** The choice of a network's bridge name, and the check that its name and subnets are free on this host. */
import { definitionError } from '../../domain/xml/source-location';
import { native } from '../../host/native';
import { bridgeInUse } from './bridge';
import { freeBridgeName } from '../elements/names';
import { findCollision } from './collision';
import { isOfSwitch } from '../definition/definition';
import type { NetworkDefinition } from '../definition/definition';
import { linkNames, subnetsInUse } from './host-use';

/**
 * The definition with its bridge's name. The caller holds the lock of the host's networks.
 *
 * @param takenBridges - names of the bridges of other networks
 * @throws TslxcError OPERATION_FAILED if the bridge's name is in use; DefinitionError OPERATION_FAILED for a subnet.
 */
export async function chooseBridge(
  definition: NetworkDefinition,
  takenBridges: readonly string[],
): Promise<NetworkDefinition> {
  const links = await linkNames();
  const { name } = definition.bridge;
  if (name !== undefined && links.includes(name)) throw bridgeInUse(name);
  const bridge = name ?? freeBridgeName(new Set([...links, ...takenBridges]));
  const chosen = { ...definition, bridge: { ...definition.bridge, name: bridge } };
  await checkSubnets(chosen);
  return chosen;
}

/** @throws DefinitionError OPERATION_FAILED, with libvirt's message, if a subnet is in use. */
async function checkSubnets({ ips, routes }: NetworkDefinition): Promise<void> {
  if (ips.length === 0 && routes.length === 0) return;
  const uses = await subnetsInUse();
  for (const ip of ips) {
    const found = findCollision(ip, uses);
    if (found === undefined) continue;
    const location = { path: 'network/ip', position: ip.position };
    const detail = `Network is already in use by interface ${found.device}`;
    throw definitionError('OPERATION_FAILED', detail, location);
  }
  for (const route of routes) {
    const found = uses.find(
      ({ kind, family, address, prefix }) =>
        kind === 'route' &&
        family === route.family &&
        address === route.address &&
        prefix === route.prefix,
    );
    if (found === undefined) continue;
    const location = { path: 'network/route', position: route.position };
    const detail = `Route address '${route.address}' conflicts with interface ${found.device}`;
    throw definitionError('OPERATION_FAILED', detail, location);
  }
}

/** Checks that the bridge of the host that the network names exists. @throws DefinitionError OPERATION_FAILED. */
export async function checkForeignBridge(definition: NetworkDefinition): Promise<void> {
  const { name, position } = definition.bridge;
  if (name === undefined) return;
  const found = (await native().listLinks()).find((link) => link.name === name);
  const isKernels = found?.kind === 'bridge';
  // Whether an interface is a bridge of Open vSwitch only shows when a port is added to it.
  const ofSwitch = isOfSwitch(definition);
  if (found !== undefined && isKernels !== ofSwitch) return;
  const wrong = ofSwitch ? 'is a bridge of the kernel, not of Open vSwitch' : 'is not a bridge';
  const what = found === undefined ? 'does not exist' : wrong;
  throw definitionError('OPERATION_FAILED', `the interface '${name}' ${what}`, {
    path: 'network/bridge',
    position,
  });
}
