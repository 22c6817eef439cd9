/** What other programs generate for libvirt starts as it is: TrueNAS's containers, and those of virt-install. */
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { HostLinks, ip, settled } from '../support/network/host-links';
import { mappedRoot } from '../support/domain/mapped-domain';
import { inside } from '../support/domain/inside';
import { NetworkWorld } from '../support/network/network-world';
import { runProgram } from '../support/process/run-command';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { removeTree } from '../support/root/remove-tree';
import { containerTest } from '../support/world/container-test';
import type { Keep } from '../support/world/frame';

let links: HostLinks;

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0', '192.0.2.1/24');
  links.pair('card', 'wire');
  ip('link', 'set', 'wire', 'master', 'br0');
  ip('link', 'set', 'card', 'up');
  await settled('card', 'wire');
});

afterAll(() => links[Symbol.dispose]());

/** A root below a folder of mode 0710, which the group root can search. */
async function stagedRoot(
  keep: Keep,
): Promise<{ readonly staging: string; readonly path: string }> {
  const staging = await mkdtemp('/var/tmp/tslxc-staging-');
  keep(() => removeTree(staging));
  const busybox = keep(await makeBusyboxRoot(['stat', 'touch']));
  const path = join(staging, 'root');
  await runProgram(['cp', '-a', busybox.path, path]);
  chmodSync(path, 0o755);
  chmodSync(staging, 0o710);
  return { staging, path };
}

const world = containerTest(async (keep) => {
  const network = keep(await NetworkWorld.make());
  return { ...(await stagedRoot(keep)), connection: network.connection };
});

/** As its middleware writes it: attributes and elements in this order, also those that mean nothing to a container. */
function trueNasXml(root: string, target: { readonly uid: number; readonly gid: number }): string {
  const uuid = '5d3a7c1e-52a4-4f0e-9a55-6b1f0c2d3e4f';
  const range = (id: number): string => `start="0" target="${id}" count="65536"`;
  return `<domain id="${uuid}" type="lxc"><name>${uuid}</name><uuid>${uuid}</uuid><title>web</title><description>a container</description><os><type>exe</type><init>/bin/sh</init></os><vcpu cpuset="0">1</vcpu><memory unit="M">64</memory><clock offset="localtime" /><devices><interface type="direct" trustGuestRxFilters="no"><source dev="card" mode="bridge" /><model type="virtio" /><mac address="52:54:00:a0:00:01" /></interface><interface type="direct" trustGuestRxFilters="yes"><source dev="card" mode="bridge" /><mac address="52:54:00:a0:00:02" /><address type="pci" domain="0x0000" bus="0x00" slot="0x05" function="0x0" /></interface><emulator>/usr/lib/libvirt/libvirt_lxc</emulator><console type="pty" /><filesystem type="mount"><source dir="${root}" /><target dir="/" /></filesystem></devices><features><capabilities policy="default" /></features><idmap><uid ${range(target.uid)} /><gid ${range(target.gid)} /></idmap></domain>`;
}

test('TrueNAS: a root below a folder with mode 0710, and a direct interface that trusts no filters', async () => {
  const domain = await world.connection.defineDomain(trueNasXml(world.path, mappedRoot));
  const { warnings } = await domain.start();
  const elements = warnings.flatMap(({ element }) => element ?? []);
  expect(elements).toEqual([
    'domain/devices/interface/@trustGuestRxFilters',
    'domain/devices/interface/@trustGuestRxFilters',
  ]);
  expect(await inside(domain, 'stat -c %u:%g /bin/busybox; ls -1 /sys/class/net')).toBe(
    '0:0\neth0\neth1\nlo\n',
  );
  expect(await domain.xml({ which: 'inactive' })).toContain(
    "<interface type='direct' trustGuestRxFilters='yes'>",
  );
  await domain.destroy();
});

test('TrueNAS: the root is an idmapped mount that was staged there', async () => {
  const mounted = join(world.staging, 'mounted');
  mkdirSync(mounted);
  const { uid, gid } = mappedRoot;
  const map = `X-mount.idmap=u:0:${uid}:65536 g:0:${gid}:65536`;
  const mounting = ['mount', '--bind', '-o', map, world.path, mounted];
  expect(await runProgram(mounting)).toMatchObject({ code: 0 });
  try {
    const domain = await world.connection.defineDomain(trueNasXml(mounted, mappedRoot));
    await domain.start();
    expect(await inside(domain, 'stat -c %u:%g /bin/busybox')).toBe('0:0\n');
    await domain.destroy();
  } finally {
    await runProgram(['umount', mounted]);
  }
});

test('a folder with mode 0710 of another group is refused: its members could reach set-uid programs', async () => {
  chownSync(world.staging, 0, 1000);
  const refused = world.connection.createDomain(trueNasXml(world.path, mappedRoot));
  await expect(refused).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/devices/filesystem/source',
  });
});

test('virt-install --connect lxc:/// --filesystem ROOT,/', async () => {
  const xml = `<domain type="lxc">
  <name>demo</name>
  <uuid>0f0c3f4e-6c8c-4c27-9d41-1d9a3c7e5b62</uuid>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/13"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory>65536</memory>
  <currentMemory>65536</currentMemory>
  <vcpu>1</vcpu>
  <os>
    <type arch="${process.arch === 'x64' ? 'x86_64' : 'aarch64'}">exe</type>
    <init>/bin/sh</init>
  </os>
  <features>
    <privnet/>
  </features>
  <devices>
    <emulator>/usr/lib/libvirt/libvirt_lxc</emulator>
    <filesystem type="mount" accessmode="mapped">
      <source dir="${world.path}"/>
      <target dir="/"/>
    </filesystem>
    <interface type="bridge">
      <source bridge="br0"/>
      <mac address="52:54:00:a0:00:03"/>
    </interface>
    <console type="pty"/>
  </devices>
</domain>
`;
  const domain = await world.connection.createDomain(xml);
  expect(await inside(domain, 'stat -c %u / /bin/busybox; ls -1 /sys/class/net')).toBe(
    '0\n0\neth0\nlo\n',
  );
  await domain.destroy();
});
