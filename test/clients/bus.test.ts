/** libvirt-dbus, by which programs speak to libvirt over the D-Bus. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from '../support/clients/background-program';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { helloWorldXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  const address = `unix:path=${join(made.root.path, 'bus')}`;
  const configuration = join(made.root.path, 'bus.conf');
  writeFileSync(configuration, busConfiguration(address));
  keep(new BackgroundProgram(['dbus-daemon', '--nofork', `--config-file=${configuration}`]));
  const environment = { ...clientEnvironment, DBUS_SYSTEM_BUS_ADDRESS: address };
  await eventually(async () =>
    expect((await runProgram(['gdbus', 'call', '--address', address, ...ping])).code).toBe(0),
  );
  keep(new BackgroundProgram(['/usr/sbin/libvirt-dbus', '--system'], environment));
  return { ...made, address };
});

/** A bus at which every user may do everything. */
function busConfiguration(address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

const ping = [
  ...['--dest', 'org.freedesktop.DBus', '--object-path', '/'],
  ...['--method', 'org.freedesktop.DBus.Peer.Ping'],
];

/** Calls a method of libvirt-dbus; resolves with what it gives, as GLib writes it, or with its refusal. */
async function called(
  object: string,
  method: string,
  ...words: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runProgram([
    ...['gdbus', 'call', '--address', world.address, '--dest', 'org.libvirt'],
    ...['--object-path', object, '--method', method, ...words],
  ]);
  return (code === 0 ? stdout : stderr).trim();
}

test('domains are listed, started and destroyed by their objects', async () => {
  const domain = await world.connection.defineDomain(helloWorldXml);
  const lxc = '/org/libvirt/LXC';
  const one = `${lxc}/domain/_${domain.uuid.replaceAll('-', '_')}`;
  await eventually(async () =>
    expect(await called(lxc, 'org.libvirt.Connect.ListDomains', '0')).toBe(
      `([objectpath '${one}'],)`,
    ),
  );
  const property = (name: string): Promise<string> =>
    called(one, 'org.freedesktop.DBus.Properties.Get', 'org.libvirt.Domain', name);
  expect(await property('Name')).toBe("(<'helloworld'>,)");
  expect(await property('Active')).toBe('(<false>,)');
  expect(await called(one, 'org.libvirt.Domain.Create', '0')).toBe('()');
  expect(await domain.state()).toMatchObject({ state: 'running' });
  expect(await called(one, 'org.libvirt.Domain.GetState', '0')).toBe('((1, 1),)');
  expect(await called(one, 'org.libvirt.Domain.Destroy', '0')).toBe('()');
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  expect(await called(one, 'org.libvirt.Domain.Destroy', '0')).toContain('domain is not running');
  expect(await called(lxc, 'org.libvirt.Connect.DomainLookupByName', 'none')).toContain('none');
});
