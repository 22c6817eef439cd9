/** When the host's forwarding is switched off again: not while its own configuration switches it on. */
import { readFileSync, readdirSync } from 'node:fs';
import { claimForwarding, releaseForwarding } from '../../../../lib/network/bridge/forwarding';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { activeNetwork } from '../active';

/** Files of sysctl.d(5), as if the host had no others. */
const mockFiles = new Map<string, string>();
/** Below /proc/sys/net. */
const mockParameters = new Map<string, string>();
let mockRecord = '';

jest.mock('node:fs', () => {
  const real = jest.requireActual<{
    readFileSync: typeof readFileSync;
    readdirSync: typeof readdirSync;
  }>('node:fs');
  const isOurs = (path: unknown): path is string =>
    typeof path === 'string' && /sysctl\.(conf|d)|^\/proc\/sys\/net\//.test(path);
  return {
    ...real,
    readFileSync: (path: string, ...options: unknown[]) =>
      isOurs(path)
        ? (mockFiles.get(path) ?? '')
        : (real.readFileSync as (...given: unknown[]) => unknown)(path, ...options),
    readdirSync: (path: string, ...options: unknown[]) =>
      isOurs(path)
        ? [...mockFiles.keys()]
            .filter((file) => file.startsWith(`${path}/`))
            .map((file) => file.slice(path.length + 1))
        : (real.readdirSync as (...given: unknown[]) => unknown)(path, ...options),
  };
});
jest.mock('../../../../lib/host/kernel/sysctl', () => ({
  readNetworkParameter: (name: string) => mockParameters.get(name),
  writeNetworkParameter: (name: string, value: string) => mockParameters.set(name, value),
}));
jest.mock('../../../../lib/host/native', () => {
  const real = jest.requireActual<{ native: () => object }>('../../../../lib/host/native');
  return {
    native: () => ({
      ...real.native(),
      listLinks: () => Promise.resolve([]),
      listAddresses: () => Promise.resolve([]),
    }),
  };
});
// All roots of the host share both.
jest.mock('../../../../lib/network/lifecycle/network-lock', () => ({
  withHostNetworks: (action: () => Promise<unknown>) => action(),
}));
jest.mock('../../../../lib/host/state/state-paths', () => ({
  ...jest.requireActual<object>('../../../../lib/host/state/state-paths'),
  forwardingPath: () => mockRecord,
}));
jest.mock('../../../../lib/network/lifecycle/state', () => ({
  networkStateIfAny: () => ({ phase: 'running', place: 'here', record: { borrowed: {} } }),
  runningNames: () => [],
}));

removeScratchAfterEach();

const ipv4 = 'ipv4/ip_forward';
const ipv6 = 'ipv6/conf/all/forwarding';

beforeEach(() => {
  mockFiles.clear();
  mockRecord = `${scratchDirectory()}/forwarding.json`;
  mockParameters.clear();
  mockParameters.set(ipv4, '0').set(ipv6, '0');
});

async function startAndStop(): Promise<void> {
  const network = activeNetwork(`<forward mode='route'/><ip address='192.168.7.1' prefix='24'/>
    <ip family='ipv6' address='fd00:7::1' prefix='64'/>`);
  await claimForwarding(network, '/a');
  expect([mockParameters.get(ipv4), mockParameters.get(ipv6)]).toEqual(['1', '1']);
  await releaseForwarding('/a', 'lab');
}

test('the last network switches off what the first has switched on', async () => {
  await startAndStop();
  expect([mockParameters.get(ipv4), mockParameters.get(ipv6)]).toEqual(['0', '0']);
});

test.each([
  '/etc/sysctl.conf',
  '/etc/sysctl.d/99-router.conf',
  '/run/sysctl.d/a.conf',
  '/usr/local/lib/sysctl.d/a.conf',
  '/usr/lib/sysctl.d/50-default.conf',
])('what %s switches on stays on', async (path) => {
  mockFiles.set(path, 'net.ipv4.ip_forward = 1\n');
  await startAndStop();
  expect([mockParameters.get(ipv4), mockParameters.get(ipv6)]).toEqual(['1', '0']);
});

test('a file that sysctl(8) does not read says nothing', async () => {
  mockFiles.set('/etc/sysctl.d/README', 'net.ipv4.ip_forward = 1\n');
  await startAndStop();
  expect(mockParameters.get(ipv4)).toBe('0');
});
