/**
 * The network `default`, which every container can use without defining it: 192.168.122.0/24 behind NAT, or the next free
 * subnet. It is defined once. If the user undefines it, it is not defined again.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, isThere } from '../../host/state/file-error';
import type { StatePaths } from '../../host/state/state-paths';
import { freeBridgeName } from '../elements/names';
import { freeDefaultSubnet } from '../bridge/collision';
import type { NetworkDefinition } from '../definition/definition';
import { formatNetwork } from '../definition/format';
import { parseNetwork } from '../definition/parse';
import { libvirtNetworks, linkNames, subnetsInUse } from '../bridge/host-use';
import { makeOwnFolder } from '../../host/state/own-folder';

export const defaultNetwork = 'default';

/** Whether the user has undefined the default network. */
export function isDefaultRefused(paths: StatePaths): boolean {
  return isThere(markerPath(paths));
}

/** Called before the default network is undefined, so that it does not come back after a crash in between. */
export function refuseDefault(paths: StatePaths): void {
  try {
    makeOwnFolder(paths.networkDefinitions);
    writeFileSync(markerPath(paths), '', { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'remember that there is to be no default network');
  }
}

/**
 * The XML of the default network, with a free subnet and bridge name. The caller holds the lock of the host's networks.
 *
 * @param defined - the other networks of this root
 * @throws TslxcError OPERATION_FAILED if all subnets are in use.
 */
export async function defaultNetworkXml(defined: readonly NetworkDefinition[]): Promise<string> {
  const libvirt = libvirtNetworks();
  const subnets = [...defined.flatMap(({ ips }) => ips), ...libvirt.subnets];
  const third = freeDefaultSubnet(await subnetsInUse(), subnets);
  if (third === undefined) {
    const detail = 'there is no free subnet from 192.168.122.0/24 on for the default network';
    throw new TslxcError('OPERATION_FAILED', detail, { step: 'define the default network' });
  }
  const named = defined.flatMap(({ bridge }) => (bridge.name === undefined ? [] : [bridge.name]));
  const bridge = freeBridgeName(new Set([...(await linkNames()), ...named, ...libvirt.bridges]));
  return defaultXml(third, bridge);
}

/** Whether the definition equals the default network that is made here, apart from its uuid and Ethernet address. */
export function isBuiltInDefault(definition: NetworkDefinition): boolean {
  const { ips, bridge, uuid, mac } = definition;
  const [, third] = /^192\.168\.(\d+)\.1$/.exec(ips[0]?.address ?? '') ?? [];
  if (third === undefined || bridge.name === undefined || mac === undefined) return false;
  const made = parseNetwork(defaultXml(Number(third), bridge.name), {
    newUuid: () => uuid,
    newMac: () => mac,
  });
  return formatNetwork(made) === formatNetwork(definition);
}

function defaultXml(third: number, bridge: string): string {
  const subnet = `192.168.${third}`;
  return `<network>
  <name>${defaultNetwork}</name>
  <forward mode='nat'/>
  <bridge name='${bridge}' stp='on' delay='0'/>
  <ip address='${subnet}.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='${subnet}.2' end='${subnet}.254'/>
    </dhcp>
  </ip>
</network>
`;
}

/** A file next to the definitions, which the store ignores. */
function markerPath({ networkDefinitions }: StatePaths): string {
  return join(networkDefinitions, 'no-default');
}
