/** A network as if it ran, from what stands in its `<network>`. */
import { networkPaths, statePaths } from '../../../lib/host/state/state-paths';
import type { ActiveNetwork } from '../../../lib/network/active-network';
import { parseNetwork } from '../../../lib/network/definition/parse';

/** `attributes` are those of `<network>`. */
export function activeNetwork(content: string, attributes = ''): ActiveNetwork {
  const xml = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' ${attributes}>
    <name>lab</name>${content}</network>`;
  const definition = parseNetwork(xml, {
    newUuid: () => '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
    newMac: () => '52:54:00:aa:bb:cc',
  });
  return {
    definition,
    bridge: definition.bridge.name ?? 'virbr7',
    paths: networkPaths(statePaths('/'), 'lab'),
  };
}
