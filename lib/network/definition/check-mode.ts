/** Checks which elements a network may have, and must have, in its forward mode. */
import {
  attributeLocation,
  definitionError,
  type SourceLocation,
} from '../../domain/xml/source-location';
import { childOf, childrenOf, type Reading } from '../../domain/xml/reading';
import { checkDistinct } from './check-addresses';
import { hasOwnBridge, type NetworkDefinition } from './definition';
import { refuseUnsupported } from '../../domain/xml/unsupported';

/** IPV6_MIN_MTU of linux/ipv6.h; RFC 8200, section 5. */
const minIpv6Mtu = 1280;

/** @throws DefinitionError XML_ERROR or CONFIG_UNSUPPORTED, with libvirt's message. */
export function checkMode(definition: NetworkDefinition, network: Reading): void {
  if (hasOwnBridge(definition)) checkManaged(definition, network);
  else checkUnmanaged(definition, network);
  checkVlans(definition);
}

/** Checks a network with its own bridge. */
function checkManaged({ name, forward, ips, mtu }: NetworkDefinition, network: Reading): void {
  const { mode, devices } = forward;
  const at = childOf(network, 'forward') ?? network.at;
  if ((mode === 'nat' || mode === 'route') && ips.length === 0) {
    const detail = `${mode} forwarding requested, but no IP address provided for network '${name}'`;
    throw definitionError('XML_ERROR', detail, at);
  }
  if (devices.length > 1) {
    const detail = `multiple forwarding interfaces specified for network '${name}', only one is supported`;
    throw definitionError('XML_ERROR', detail, at);
  }
  if (devices.length > 0 && (mode === 'open' || mode === 'none')) {
    const detail = `forward dev not allowed for network '${name}' with forward mode='${mode}'`;
    throw definitionError('XML_ERROR', detail, at);
  }
  const hasIpv6 = ips.some(({ family }) => family === 'ipv6');
  if (hasIpv6 && mtu !== undefined && mtu < minIpv6Mtu) {
    const detail = `network '${name}' has IPv6 addresses, which the kernel allows from an MTU of ${minIpv6Mtu} on`;
    const location = attributeLocation(childOf(network, 'mtu') ?? network.at, 'size');
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
}

/** Elements that only a network with its own bridge can have. */
const ofOwnBridge = ['mac', 'ip', 'route', 'domain'];

/** Checks a network without its own bridge. */
function checkUnmanaged(definition: NetworkDefinition, network: Reading): void {
  const { name, forward, bridge, dns, portgroups } = definition;
  const { mode, devices } = forward;
  checkBridge(definition, network);
  const modeError = (what: string, location: SourceLocation) =>
    definitionError(
      'CONFIG_UNSUPPORTED',
      `Unsupported ${what} in network ${name} with forward mode='${mode}'`,
      location,
    );
  for (const word of ofOwnBridge) {
    const [element] = childrenOf(network, word);
    if (element !== undefined) throw modeError(`<${word}> element`, element);
  }
  const records = [dns.txts, dns.hosts, dns.srvs];
  const dnsAt = childOf(network, 'dns');
  if (dnsAt !== undefined && records.some((list) => list.length > 0)) {
    throw modeError('<dns> element', dnsAt);
  }
  // Ports of an existing bridge can be shaped; macvlans can't.
  if (mode === 'bridge' && devices.length === 0 && bridge.name !== undefined) return;
  const bandwidthAt = childOf(network, 'bandwidth');
  if (bandwidthAt !== undefined) throw modeError('network-wide <bandwidth> element', bandwidthAt);
  const shaped = portgroups.find(({ bandwidth }) => bandwidth !== undefined);
  if (shaped?.bandwidth === undefined) return;
  const detail = `Unsupported <bandwidth> element in network '${name}' in portgroup '${shaped.name}' with forward mode='${mode}'`;
  const location = { path: 'network/portgroup/bandwidth', position: shaped.bandwidth.position };
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}

function checkBridge(
  { name, forward, bridge, learnedAddresses }: NetworkDefinition,
  network: Reading,
): void {
  const { mode, devices } = forward;
  const mtuAt = childOf(network, 'mtu');
  if (mtuAt !== undefined) {
    const detail = `mtu size only allowed in open, route, nat, and isolated mode, not in ${mode} (network '${name}')`;
    throw definitionError('XML_ERROR', detail, mtuAt);
  }
  if (learnedAddresses !== undefined) {
    const detail = `<tslxc:learned-addresses> is of a network's own bridge: not in ${mode} mode (network '${name}')`;
    const path = 'network/metadata/tslxc:network/tslxc:learned-addresses';
    throw definitionError('XML_ERROR', detail, { path, position: learnedAddresses.position });
  }
  const at = childOf(network, 'bridge');
  if (at === undefined) return;
  const fail = (detail: string, attribute: string) =>
    definitionError('XML_ERROR', detail, attributeLocation(at, attribute));
  const has = (attribute: string) => at.element.attributes.some((one) => one.name === attribute);
  if (mode !== 'bridge') {
    if (bridge.name !== undefined) {
      throw fail(`bridge name not allowed in ${mode} mode (network '${name}')`, 'name');
    }
    if (has('macTableManager')) {
      const detail = `bridge macTableManager setting not allowed in ${mode} mode (network '${name}')`;
      throw fail(detail, 'macTableManager');
    }
  }
  const own = ['stp', 'delay', 'zone'].find(has);
  if (own !== undefined) {
    const detail = `bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not in ${mode} (network '${name}')`;
    throw fail(detail, own);
  }
  const hasDevices = devices.length > 0 || hasPhysicalFunction(network);
  if (bridge.name !== undefined && hasDevices) {
    const detail = `A network with forward mode='${mode}' can specify a bridge name or a forward dev, but not both (network '${name}')`;
    throw fail(detail, 'name');
  }
}

function hasPhysicalFunction(network: Reading): boolean {
  const forward = childOf(network, 'forward');
  return (
    forward?.element.children.some((child) => typeof child !== 'string' && child.name === 'pf') ??
    false
  );
}

/** As libvirt: by the mode alone, although interfaces on a device of the host get no tag (`withoutEffect`). */
function checkVlans({ name, forward, vlan, portgroups }: NetworkDefinition): void {
  const isTaggable = ['hostdev', 'passthrough', 'bridge'].includes(forward.mode);
  const found = vlan ?? portgroups.find((group) => group.vlan !== undefined)?.vlan;
  if (isTaggable || found === undefined) return;
  const path = vlan === undefined ? 'network/portgroup/vlan' : 'network/vlan';
  const detail = `<vlan> element specified for network ${name}, whose type doesn't support vlan configuration`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, { path, position: found.position });
}

/**
 * Returns if this version supports all of the definition. Called when the network is started, not when it is defined.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for what is not carried out, for two `<ip>` with one address, and for a network
 * that names neither a bridge nor a device for its interfaces.
 */
export function checkNetworkStartable(definition: NetworkDefinition): void {
  refuseUnsupported(definition.unsupported);
  checkDistinct(definition.ips);
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
