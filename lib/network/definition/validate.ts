/**
 * What a network may not say when it is started, though it may be defined. Pure: whether the host has what the
 * definition names is not asked here.
 */
import { refuseUnsupported } from '../../domain/xml/unsupported';
import { definitionError } from '../../domain/xml/source-location';
import { hasOwnBridge, type NetworkDefinition } from './definition';

/**
 * Returns when this version can carry out all of the definition.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED: the first element that is for later, or a network that names neither a
 * bridge nor a device for its interfaces.
 */
export function checkNetworkStartable(definition: NetworkDefinition): void {
  refuseUnsupported(definition.unsupported);
  const { name, forward, bridge } = definition;
  if (hasOwnBridge(definition) || forward.devices.length > 0 || bridge.name !== undefined) return;
  const what =
    forward.mode === 'bridge' ? 'a <bridge name> or an <interface dev>' : '<interface dev>';
  const detail = `network '${name}' with forward mode='${forward.mode}' needs ${what}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, {
    path: 'network/forward',
    position: forward.position,
  });
}
