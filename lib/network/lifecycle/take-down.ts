/** The end of a network: gives back what it has borrowed from the host, as its record says. Under the network's lock. */
import { TslxcError } from '../../errors';
import { networkPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { bringBridgeDown, deleteBridge } from '../bridge/bridge';
import { stopDnsmasq } from '../dnsmasq/dnsmasq';
import { reach } from './failpoint';
import type { NetworkFailpoint } from './failpoint';
import { closeFirewall } from '../firewall/firewall';
import { releaseForwarding } from '../bridge/forwarding';
import { clearShaping } from '../shaping/shaping';
import { writeActiveRecord } from './state';
import type { ActiveRecord } from './state';

/**
 * Gives back what a network has borrowed, in reverse. What is gone already is no error. The record stays, for the caller
 * to replace: what could not be given back is tried again by whoever looks next.
 *
 * @throws the first failure, when all has been tried.
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
      // A program that a start did not find has left nothing.
      const hasLeft = record.phase !== 'starting';
      if (hasLeft || !TslxcError.is(error, 'OPERATION_UNSUPPORTED')) failures.push(error);
    }
    reach(point);
  };
  if (borrowed.dnsmasq) {
    await attempt('network:after-dnsmasq-stopped', () =>
      stopDnsmasq({ paths: networkPaths(paths, name) }),
    );
  }
  // Rules stand until there is nothing that they would have to hold back.
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
