/** `tslxc import` of what a real libvirt has defined: its own files, which stay as they are. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { Libvirt } from '../support/machine/libvirt';
import { runCommand, runProgram } from '../support/process/run-command';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const made = await rootAndConnection(keep);
  return { ...made, libvirt: keep(await Libvirt.start()) };
});

/** Each file below its folder, with what is in it. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path} ${entry.isFile() ? readFileSync(path, 'utf8') : ''}`;
    })
    .sort();
}

async function defineThere(verb: 'define' | 'net-define', xml: string): Promise<void> {
  const file = join(world.root.path, 'there.xml');
  await runProgram(['sh', '-c', `cat > ${file}`], { input: xml });
  await world.libvirt.virsh(verb, file);
}

const device = "<interface type='network'><source network='lab'/></interface>";
const network = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <ip address='10.77.0.1' netmask='255.255.255.0'>
    <dhcp><range start='10.77.0.10' end='10.77.0.20'/></dhcp>
  </ip>
</network>`;

/** The lines that say what a domain or network is: libvirt writes some defaults that are not written here. */
function identityOf(xml: string): string[] {
  return xml
    .split('\n')
    .flatMap((line) => /<(name|uuid|mac|bridge|ip|range|source|init)[ >].*/.exec(line)?.[0] ?? []);
}

test('domains, networks and autostart are those of libvirt, whose files stay as they are', async () => {
  const { libvirt, root, connection } = world;
  await defineThere('net-define', network);
  await defineThere('define', domainXml({ name: 'web', devices: device }));
  await defineThere('define', domainXml({ name: 'mail' }));
  await libvirt.virsh('autostart', 'web');
  await libvirt.virsh('net-autostart', 'lab');
  const there = libvirt.folder('/etc/libvirt');
  const before = filesOf(there);

  const { code, stdout, stderr } = await runCommand(['import', '--from', there], {
    root: root.path,
  });
  expect([code, stderr]).toEqual([0, '']);
  // libvirt brings filters with it, some of which are built in here too.
  const [filters, others] = [true, false].map((isFilter) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('Network filter ') === isFilter)
      .map((line) => line.replace(/ from \/proc.*\//, ' from ')),
  );
  for (const line of filters ?? []) expect(line).toMatch(/imported from|is defined already/);
  expect(others).toEqual([
    "Network 'default' imported from default.xml; it is off now: 'tslxc net-start default' starts it",
    "Network 'lab' imported from lab.xml, and is started with the host; it is off now: 'tslxc net-start lab' starts it",
    "Domain 'mail' imported from mail.xml; 'tslxc start mail' starts it",
    "Domain 'web' imported from web.xml, and is started with the host; 'tslxc start web' starts it",
    '',
    '',
  ]);
  expect(filesOf(there)).toEqual(before);
  for (const name of ['web', 'mail']) {
    const domain = await connection.lookupDomainByName(name);
    const theirs = await libvirt.virsh('dumpxml', '--inactive', name);
    expect(identityOf(await domain.xml({ which: 'inactive' }))).toEqual(identityOf(theirs));
  }
  const lab = await connection.lookupNetworkByName('lab');
  expect(identityOf(await lab.xml())).toEqual(
    identityOf(await libvirt.virsh('net-dumpxml', 'lab')),
  );

  // Nothing of it runs here, and what was imported can be.
  expect(await connection.listDomains({ state: 'active' })).toEqual([]);
  const mail = await connection.lookupDomainByName('mail');
  await mail.start();
  expect((await mail.state()).state).toBe('running');
  await using other = await connect(undefined, { root: root.path });
  const again = await other.importLibvirt({ from: there });
  expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(['exists']));
  await mail.destroy();
  for (const name of ['web', 'mail']) await libvirt.virsh('undefine', name);
});
