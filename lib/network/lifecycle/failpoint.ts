/** The failpoints of a network's start and stop, in order; TSLXC_NETWORK_FAILPOINT arms one. */
import { reachPoint } from '../../host/failpoint';

export const networkFailpoints = [
  'network:after-record',
  'network:after-bridge',
  'network:after-parameters',
  'network:after-firewall',
  'network:after-addresses',
  'network:after-up',
  'network:after-routes',
  'network:after-forwarding',
  'network:after-dnsmasq',
  'network:after-shaping',
  'network:after-running-record',
  'network:after-stop-record',
  'network:after-dnsmasq-stopped',
  'network:after-down',
  'network:after-firewall-closed',
  'network:after-shaping-cleared',
  'network:after-bridge-deleted',
  'network:after-forwarding-returned',
] as const;

export type NetworkFailpoint = (typeof networkFailpoints)[number];

export function reach(point: NetworkFailpoint): void {
  reachPoint(
    {
      variable: 'TSLXC_NETWORK_FAILPOINT',
      names: networkFailpoints,
      actions: ['kill', 'stop', 'fail'],
    },
    point,
  );
}
