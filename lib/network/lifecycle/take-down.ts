/** Takes a network down: returns what its record says it has borrowed from the host. The caller holds the network's lock. */
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { bringBridgeDown, deleteBridge } from '../bridge/bridge';
import { stopDnsmasq } from '../dnsmasq/dnsmasq';
import { removeNames } from '../dnsmasq/names';
import { reach } from './failpoint';
import type { NetworkFailpoint } from './failpoint';
import { closeFirewall } from '../firewall/firewall';
import { releaseForwarding } from '../bridge/forwarding';
import { clearShaping } from '../shaping/shaping';
import { writeActiveRecord } from './state';
import type { ActiveRecord } from './state';

/**
 * Returns what a network has borrowed, in reverse order. It is not an error if something is already gone. The record stays until
 * the caller replaces it, so that the next caller tries again what could not be returned.
 *
 * @throws the first error, after everything was tried.
 */
export async function takeDown(paths: StatePaths, record: ActiveRecord): Promise<void> {
  const { name, borrowed } = record;
  const { bridge } = borrowed;
  if (record.phase === 'running') {
    writeActiveRecord(paths, { ...record, phase: 'stopping' });
    reach('network:after-stop-record');
  }
  const failures: unknown[] = [];
  const attempt = async (point: NetworkFailpoint, undo: () => Promise<void>): Promise<void> => {
    try {
      await undo();
    } catch (error) {
      // If a start failed because the program is not installed, it has left nothing behind.
      const hasLeft = record.phase !== 'starting';
      if (hasLeft || !TslxcError.is(error, 'OPERATION_UNSUPPORTED')) failures.push(error);
    }
    reach(point);
  };
  if (borrowed.dnsmasq) {
    await attempt('network:after-dnsmasq-stopped', async () => {
      await stopDnsmasq({ paths: networkPaths(paths, name) });
      if (bridge) removeNames(bridge.name);
    });
  }
  // The rules stay until the bridge is down, and no packet can pass any more.
  if (bridge) await attempt('network:after-down', () => bringBridgeDown(bridge));
  if (borrowed.firewall && bridge) {
    await attempt('network:after-firewall-closed', () => closeFirewall(bridge.name));
  }
  if (borrowed.shaping && bridge) {
    await attempt('network:after-shaping-cleared', () => clearShaping(bridge));
  }
  if (bridge) await attempt('network:after-bridge-deleted', () => deleteBridge(bridge));
  if (borrowed.forwarding) {
    const { root } = paths;
    await attempt('network:after-forwarding-returned', () => releaseForwarding(root, name));
  }
  if (failures.length > 0) throw failures[0];
}
