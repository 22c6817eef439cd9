/** The leases of a network that is off: those that its last run has left in their file, as libvirt tells them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../../../../lib/index';
import { networkPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { portHandlers } from '../../../../lib/rpc/dispatch/network/ports';
import { uuidBytes } from '../../../../lib/rpc/dispatch/base/uuid';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { callOn } from '../../rpc/dispatch/fake-call';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-111111111111';
const macs = ['52:54:00:00:00:01', '52:54:00:00:00:02'] as const;
const xml = `<network><name>lab</name><uuid>${uuid}</uuid><bridge name='lab0'/>
  <ip address='10.9.0.1' prefix='24'><dhcp><range start='10.9.0.2' end='10.9.0.9'/></dhcp></ip></network>`;

let host: FakeHost;
let network: Network;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  network = await host.connect().defineNetwork(xml);
});

function leasesFile(): string {
  const { leases } = networkPaths(statePaths(host.root), 'lab');
  mkdirSync(join(leases, '..'), { recursive: true });
  return leases;
}

const put = (text: string): void => writeFileSync(leasesFile(), text);

/** The answer of the daemon. */
const asked = async (mac?: string): Promise<unknown> =>
  portHandlers.NetworkGetDHCPLeases(callOn(host.connect()), {
    network: { name: 'lab', uuid: uuidBytes(uuid) },
    mac,
    needsResults: 1,
    flags: 0,
  });

test('they are those in the file, of all or of one address', async () => {
  put(macs.map((mac, index) => `0 ${mac} 10.9.0.${String(index + 2)} * *\n`).join(''));
  const of = (mac: string, address: string): object => ({ mac, address, prefix: 24 });
  const all = [of(macs[0], '10.9.0.2'), of(macs[1], '10.9.0.3')];
  expect(await network.leases()).toMatchObject(all);
  expect(await network.leases({ mac: macs[1] })).toMatchObject(all.slice(1));
  expect(await asked(macs[1])).toMatchObject({ leases: all.slice(1), count: 1 });
});

test.each([
  ['without a file', () => undefined],
  ['with an empty one', () => put('')],
])('%s there are none', async (_, prepare) => {
  prepare();
  expect(await network.leases()).toEqual([]);
  expect(await asked()).toEqual({ leases: [], count: 0 });
});

test('what is no address is refused first, also for a network that is gone', async () => {
  await network.undefine();
  const refused = { code: 'INVALID_ARG', message: "invalid argument: 'zz' is not a MAC address" };
  await expect(network.leases({ mac: 'zz' })).rejects.toMatchObject(refused);
  await expect(network.leases({ mac: macs[0] })).rejects.toMatchObject({ code: 'NO_NETWORK' });
});

test('a file that can’t be read is an error, and no answer', async () => {
  mkdirSync(leasesFile());
  const failure = { code: 'SYSTEM_ERROR', syscall: 'read', path: leasesFile() };
  await expect(network.leases()).rejects.toMatchObject(failure);
  await expect(asked()).rejects.toMatchObject(failure);
});
