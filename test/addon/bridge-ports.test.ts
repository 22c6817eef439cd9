/** What bridges do with their ports, in network namespaces of the tests' own. */
import { native } from '../../lib/host/native';
import { encodeOperations } from '../../lib/plan/encode';
import type { Operation } from '../../lib/plan/operation';
import { rejectionOf } from './failure';
import { NetworkNamespaces } from './network-namespaces';
import { hostHas } from '../support/world/host-side';

let namespaces: NetworkNamespaces;
let here = -1;

beforeAll(() => {
  namespaces = new NetworkNamespaces();
  ({ here } = namespaces);
});

beforeEach(async () => {
  await native().createLink({ kind: 'bridge', name: 'br0' }, here);
  const pair = { kind: 'veth', name: 'v0', peer: 'v1', peerNamespace: -1 } as const;
  await native().createLink(pair, here);
});

afterEach(() => namespaces.empty());

afterAll(() => namespaces.dispose());

/** Whether bridges have VLANs: CONFIG_BRIDGE_VLAN_FILTERING, which gives each a setting for them. */
function kernelHasVlans(): boolean {
  namespaces.run('here', 'ip', 'link', 'add', 'probe', 'type', 'bridge');
  const { linkinfo } = namespaces.shown('here', 'probe') as { linkinfo: { info_data: object } };
  namespaces.run('here', 'ip', 'link', 'del', 'probe');
  return hostHas('bridges with VLANs', () => 'vlan_protocol' in linkinfo.info_data);
}

async function expectUnsupported(call: Promise<unknown>, syscall: string): Promise<void> {
  expect(await rejectionOf(call)).toMatchObject({ errno: 'ENOTSUP', syscall });
}

test('a port is isolated, and is not any more', async () => {
  const isolated = (): unknown =>
    (namespaces.shown('here', 'v0') as { linkinfo: { info_slave_data: { isolated: boolean } } })
      .linkinfo.info_slave_data.isolated;
  await native().changeLink('v0', { master: 'br0', isolated: true }, here);
  expect(isolated()).toBe(true);
  await native().changeLink('v0', { isolated: false }, here);
  expect(isolated()).toBe(false);
});

test('what is no port is not isolated: EOPNOTSUPP', async () => {
  expect(await rejectionOf(native().changeLink('v0', { isolated: true }, here))).toMatchObject({
    errno: 'ENOTSUP',
    syscall: 'RTM_SETLINK',
    path: 'v0',
  });
});

test('a new bridge filters VLANs, or the kernel has none: EOPNOTSUPP', async () => {
  const request = { kind: 'bridge', name: 'br1', vlanFiltering: true } as const;
  const done = native().createLink(request, here);
  if (!kernelHasVlans()) return expectUnsupported(done, 'RTM_NEWLINK');
  await done;
  expect(namespaces.shown('here', 'br1')).toMatchObject({
    linkinfo: { info_data: { vlan_filtering: 1 } },
  });
  expect(await namespaces.find('br1', here)).toMatchObject({ vlanFiltering: true });
});

test('a bridge filters VLANs, or the kernel has none: EOPNOTSUPP', async () => {
  const done = native().changeLink('br0', { vlanFiltering: true }, here);
  if (!kernelHasVlans()) return expectUnsupported(done, 'RTM_NEWLINK');
  await done;
  expect(namespaces.shown('here', 'br0')).toMatchObject({
    linkinfo: { info_data: { vlan_filtering: 1 } },
  });
});

test('what is no bridge filters nothing: EOPNOTSUPP', async () => {
  expect(await rejectionOf(native().changeLink('v0', { vlanFiltering: true }, here))).toMatchObject(
    { errno: 'ENOTSUP', syscall: 'RTM_NEWLINK' },
  );
});

/** What a plan says of a port: 42 untagged and for what comes untagged (BRIDGE_VLAN_INFO_*), and 47. */
const trunk: Operation = { op: 'setPortVlans', name: 'v0', vlans: [42 | (6 << 16), 47] };

const run = (operation: Operation): Promise<void> =>
  native().runOperations(encodeOperations([operation]), { join: [here], unshare: 0 });

test('a port is in its VLANs and not in 1, or the kernel has none: EOPNOTSUPP', async () => {
  await native().changeLink('v0', { master: 'br0' }, here);
  const done = run(trunk);
  if (!kernelHasVlans()) return expectUnsupported(done, 'RTM_SETLINK');
  await done;
  const [port] = JSON.parse(
    namespaces.run('here', 'bridge', '-json', 'vlan', 'show', 'dev', 'v0'),
  ) as { vlans: unknown }[];
  expect(port?.vlans).toEqual([{ vlan: 42, flags: ['PVID', 'Egress Untagged'] }, { vlan: 47 }]);
});

test('what is no port is in no VLAN: EOPNOTSUPP', async () => {
  expect(await rejectionOf(run(trunk))).toMatchObject({ errno: 'ENOTSUP', path: 'v0' });
});
