/** The network interfaces of a host, on files as the kernel has them: which are listed, and what is told of each kind. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printXml } from '../../../../lib/domain/xml/print';
import { factElement } from '../../../../lib/driver/node-devices/fact-element';
import {
  readHostInterface,
  readHostInterfaces,
} from '../../../../lib/host/interfaces/host-interfaces';
import {
  interfaceFact,
  type InterfacePlaces,
} from '../../../../lib/host/interfaces/interface-facts';
import { fakeSysfs, type FakeDevice } from '../../../support/fake/host/fake-sysfs';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

function link(name: string, more: FakeDevice['files'] = {}, type?: string): FakeDevice {
  return {
    path: `virtual/net/${name}`,
    subsystem: 'net',
    uevent: { INTERFACE: name, ...(type !== undefined && { DEVTYPE: type }) },
    files: { address: `52:54:00:00:00:0${name.length}`, operstate: 'up', mtu: 1500, ...more },
  };
}

function host(...devices: readonly FakeDevice[]): InterfacePlaces {
  const folder = scratchDirectory();
  const vlans = join(folder, 'vlan');
  mkdirSync(vlans);
  return { ...fakeSysfs(folder, devices), vlans };
}

function xmlOf(name: string, places: InterfacePlaces): string {
  const found = readHostInterface(name, places);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return printXml(factElement(interfaceFact(found, places)));
}

test('ports of bridges and devices of TUN are not listed, and found all the same', async () => {
  const places = host(
    link('eth0'),
    link('lo', { operstate: 'unknown' }),
    link('port0', { 'brport/state': 3 }),
    link('tap0', { tun_flags: '0x1002' }),
  );
  const found = await readHostInterfaces(places);
  expect(found.map(({ name, mac, operationalState }) => [name, mac, operationalState])).toEqual([
    ['eth0', '52:54:00:00:00:04', 'up'],
    ['lo', '52:54:00:00:00:02', 'unknown'],
  ]);
  expect(readHostInterface('port0', places)?.name).toBe('port0');
  for (const name of ['eth', '', '.', '..', 'eth0/', '../net/eth0', 'eth0\0']) {
    expect(readHostInterface(name, places)).toBeUndefined();
  }
});

test('one of Ethernet has its size of packets, its link and its address', () => {
  expect(xmlOf('eth0', host(link('eth0', { speed: 1000 })))).toBe(
    `<interface type='ethernet' name='eth0'>
  <mtu size='1500'/>
  <link speed='1000' state='up'/>
  <mac address='52:54:00:00:00:04'/>
</interface>
`,
  );
});

test('a bridge has its ports, but for those of guests', () => {
  const bridge = link(
    'br0',
    {
      'bridge/stp_state': 0,
      'bridge/forward_delay': 200,
      'brif/eth0/x': '',
      'brif/vnet3/x': '',
      'brif/gone/x': '',
    },
    'bridge',
  );
  expect(xmlOf('br0', host(bridge, link('eth0'), link('vnet3')))).toBe(
    `<interface type='bridge' name='br0'>
  <mtu size='1500'/>
  <bridge stp='off' delay='200'>
    <interface type='ethernet' name='eth0'>
      <link state='up'/>
      <mac address='52:54:00:00:00:04'/>
    </interface>
  </bridge>
</interface>
`,
  );
});

const bonding = {
  'bonding/mode': 'active-backup 1',
  'bonding/slaves': 'eth1 eth0',
  'bonding/miimon': 100,
  'bonding/downdelay': 200,
  'bonding/updelay': 0,
  'bonding/use_carrier': 1,
  'bonding/arp_interval': 0,
};

test('a bond has its mode, how it looks, and its members', () => {
  const members = [link('eth0'), link('eth1')];
  expect(xmlOf('bond0', host(link('bond0', bonding, 'bond'), ...members))).toBe(
    `<interface type='bond' name='bond0'>
  <mtu size='1500'/>
  <link state='up'/>
  <bond mode='active-backup'>
    <miimon freq='100' downdelay='200' carrier='netif'/>
    <interface type='ethernet' name='eth0'>
      <link state='up'/>
      <mac address='52:54:00:00:00:04'/>
    </interface>
    <interface type='ethernet' name='eth1'>
      <link state='up'/>
      <mac address='52:54:00:00:00:04'/>
    </interface>
  </bond>
</interface>
`,
  );
  const asking = {
    ...bonding,
    'bonding/arp_interval': 50,
    'bonding/arp_ip_target': '192.0.2.1',
    'bonding/arp_validate': 'all 3',
  };
  expect(xmlOf('bond0', host(link('bond0', asking)))).toContain(
    "<arpmon interval='50' target='192.0.2.1' validate='all'/>",
  );
});

test('a VLAN has its tag, and what it is on, by the kernel’s file or else by its name', () => {
  const places = host(link('eth0.42', {}, 'vlan'), link('guests', {}, 'vlan'));
  writeFileSync(
    join(places.vlans, 'guests'),
    'guests  VID: 7\t REORDER_HDR: 1  dev->priv_flags: 1021\n         total frames received  0\nDevice: eth9\nINGRESS\n',
  );
  expect(xmlOf('guests', places)).toContain(
    "<vlan tag='7'>\n    <interface name='eth9'/>\n  </vlan>",
  );
  expect(xmlOf('eth0.42', places)).toContain(
    "<vlan tag='42'>\n    <interface name='eth0'/>\n  </vlan>",
  );
});
