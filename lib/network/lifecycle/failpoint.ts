/**
 * Failpoints: where a test can end or stop this process, or make a step fail, in the order of a start and a stop. Without
 * TSLXC_NETWORK_FAILPOINT, which has the form `NAME=ACTION`, each costs one comparison.
 */
import { TslxcError } from '../../errors';

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
  const armed = process.env['TSLXC_NETWORK_FAILPOINT'];
  if (armed === undefined || armed === '') return;
  const [name = '', action = ''] = armed.split('=');
  const isKnown = networkFailpoints.some((known) => known === name);
  if (!isKnown || !['kill', 'stop', 'fail'].includes(action)) {
    throw new RangeError(`unknown failpoint '${armed}'`);
  }
  if (name !== point) return;
  if (action === 'fail') {
    throw new TslxcError('OPERATION_FAILED', `failpoint ${point}`, { step: point });
  }
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
