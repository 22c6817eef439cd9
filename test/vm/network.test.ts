/** What needs a kernel with more of networking: VLANs of a bridge, and a network interface that is hardware. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { lookUntilGone } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { makeTestRoot } from '../support/root/test-root';
import { sendSignal } from '../support/process/send-signal';

const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' });

/** The interfaces of this machine that a driver of the kernel found. */
function hardware(): string[] {
  return readdirSync('/sys/class/net').filter(
    (name) => !readlinkSync(`/sys/class/net/${name}`).includes('/virtual/'),
  );
}

async function start(name: string, devices: string): Promise<Domain> {
  const filesystems = [{ source: world.busybox.path, target: '/' }];
  const domain = await world.connection.defineDomain(domainXml({ name, filesystems, devices }));
  await domain.start();
  return domain;
}

const world = containerTest(async (keep) => {
  const busybox = keep(await makeBusyboxRoot(['ifconfig', 'ping', 'ip']));
  const root = keep(await makeTestRoot());
  const connection = keep(await connect('lxc:///', { root: root.path }));
  return { busybox, connection };
});

describe('an interface of the machine', () => {
  const lent = (device: string): string =>
    `<hostdev mode='capabilities' type='net'><source><interface>${device}</interface></source></hostdev>`;

  test('is the container’s while it runs, and comes back under its name', async () => {
    const [device = ''] = hardware();
    const domain = await start('borrower', lent(device));
    expect(hardware()).not.toContain(device);
    expect(await inside(domain, 'ifconfig -a')).toMatch(new RegExp(`^${device} `, 'm'));
    await domain.destroy();
    expect(hardware()).toContain(device);
  });

  test('comes back when the monitor was killed, and a virtual one does not', async () => {
    const [device = ''] = hardware();
    ip('link', 'add', 'virtual0', 'type', 'veth', 'peer', 'name', 'virtual1');
    const domain = await start('borrower', lent(device) + lent('virtual0'));
    expect(hardware()).not.toContain(device);
    sendSignal(domain.id, 'SIGKILL');
    await lookUntilGone('borrower', async () =>
      expect((await domain.state()).state).toBe('shutoff'),
    );
    await eventually(() => expect(hardware()).toHaveLength(1));
    await eventually(() => expect(ip('-o', 'link')).not.toMatch(/virtual[01]/));
    // The kernel brings it back, under the name that it had inside when that is free here.
    const [returned = ''] = hardware();
    if (returned !== device) ip('link', 'set', returned, 'name', device);
  });
});

test('a port of a VLAN reaches its own VLAN, and no other', async () => {
  ip('link', 'add', 'lan0', 'type', 'bridge', 'vlan_filtering', '1', 'forward_delay', '0');
  ip('link', 'set', 'lan0', 'up');
  try {
    const port = (address: string, vlan: number): string =>
      `<interface type='bridge'><source bridge='lan0'/><vlan><tag id='${vlan}'/></vlan><ip address='${address}' prefix='24'/></interface>`;
    const first = await start('first', port('192.0.2.1', 42));
    await start('second', port('192.0.2.2', 42));
    await start('third', port('192.0.2.3', 43));
    const table = execFileSync('bridge', ['vlan', 'show'], { encoding: 'utf8' });
    expect(table.match(/vnet\d+ +4[23] PVID Egress Untagged/g)).toHaveLength(3);
    expect(table).not.toMatch(/vnet\d+ +1 /);
    // The one packet may be lost while the kernel brings the ports of the bridge up.
    await eventually(async () => {
      expect(await inside(first, 'ping -c 1 -W 10 192.0.2.2')).toMatch(/ 0% packet loss/);
    });
    expect(await inside(first, 'ping -c 1 -W 3 192.0.2.3')).toMatch(/100% packet loss/);
    for (const name of ['first', 'second', 'third']) {
      await (await world.connection.lookupDomainByName(name)).destroy();
    }
  } finally {
    ip('link', 'delete', 'lan0');
  }
});
