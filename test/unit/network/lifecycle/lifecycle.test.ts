/** The order in which a network is brought up: at no moment can a container use what the firewall does not yet filter. */
import * as bridge from '../../../../lib/network/bridge/bridge';
import { chooseBridge } from '../../../../lib/network/bridge/choice';
import { claimForwarding } from '../../../../lib/network/bridge/forwarding';
import { startDnsmasq } from '../../../../lib/network/dnsmasq/dnsmasq';
import { openFirewall } from '../../../../lib/network/firewall/firewall';
import { bringUp } from '../../../../lib/network/lifecycle/lifecycle';
import { readNetworkState } from '../../../../lib/network/lifecycle/state';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { activeNetwork } from '../active';

jest.mock('../../../../lib/network/bridge/bridge');
jest.mock('../../../../lib/network/bridge/choice');
jest.mock('../../../../lib/network/dnsmasq/dnsmasq');
jest.mock('../../../../lib/network/firewall/firewall');
jest.mock('../../../../lib/network/bridge/forwarding', () => ({
  ...jest.requireActual<object>('../../../../lib/network/bridge/forwarding'),
  claimForwarding: jest.fn(),
}));
// All roots of the host share that lock.
jest.mock('../../../../lib/network/lifecycle/network-lock', () => ({
  withHostNetworks: (action: () => Promise<unknown>) => action(),
}));

removeScratchAfterEach();

const steps = {
  makeBridge: bridge.makeBridge,
  setBridgeParameters: bridge.setBridgeParameters,
  openFirewall,
  addBridgeAddresses: bridge.addBridgeAddresses,
  bringBridgeUp: bridge.bringBridgeUp,
  addBridgeRoutes: bridge.addBridgeRoutes,
  claimForwarding,
  startDnsmasq,
};

const { definition } = activeNetwork(`<forward mode='nat'/><bridge name='virbr7'/>
  <mac address='52:54:00:aa:bb:cc'/>
  <ip address='192.168.7.1' prefix='24'><dhcp><range start='192.168.7.2' end='192.168.7.9'/></dhcp></ip>`);

test('the firewall comes before the addresses and up, forwarding and answers of dnsmasq after it', async () => {
  const paths = statePaths(scratchDirectory());
  const done: string[] = [];
  /** What the network has on record when the step begins. */
  const recorded: Record<string, unknown> = {};
  jest.mocked(chooseBridge).mockResolvedValue(definition);
  for (const [name, step] of Object.entries(steps)) {
    jest.mocked(step as () => Promise<void>).mockImplementation(() => {
      done.push(name);
      const state = readNetworkState(paths, 'lab');
      recorded[name] = state.phase === 'off' ? undefined : { ...state.record.borrowed };
      return Promise.resolve();
    });
  }
  const record = await bringUp({
    paths,
    definition,
    takenBridges: [],
    onMade: () => Promise.resolve(),
  });
  expect(done).toEqual(Object.keys(steps));
  // Each is on record before it begins.
  const made = { name: 'virbr7', mac: '52:54:00:aa:bb:cc' };
  expect(recorded).toMatchObject({
    makeBridge: { bridge: made },
    openFirewall: { firewall: true },
    claimForwarding: { forwarding: true },
    startDnsmasq: { dnsmasq: true },
  });
  expect(record).toMatchObject({
    phase: 'running',
    borrowed: { bridge: made, firewall: true, forwarding: true, dnsmasq: true },
  });
});
