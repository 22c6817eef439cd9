/** What is read of the host's own files: which bridges and addresses are in use, and whether packets are forwarded. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { learnedDevices, switchesOn } from '../../../../lib/network/bridge/forwarding';
import { libvirtNetworks } from '../../../../lib/network/bridge/host-use';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

describe('the networks that libvirt starts by itself', () => {
  test('have bridges and subnets', () => {
    const folder = scratchDirectory();
    writeFileSync(
      join(folder, 'default.xml'),
      `<network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on'/>
       <ip address='192.168.122.1' netmask='255.255.255.0'></ip>
       <ip family='ipv6' address='fd00::1' prefix='64'/></network>`,
    );
    writeFileSync(join(folder, 'broken.xml'), `<bridge stp='on' name="br7"/><ip address='x'/>`);
    expect(libvirtNetworks(folder)).toEqual({
      bridges: ['br7', 'virbr0'],
      subnets: [
        { family: 'ipv4', address: '192.168.122.1', prefix: 24 },
        { family: 'ipv6', address: 'fd00::1', prefix: 64 },
      ],
    });
  });

  test('are none without libvirt', () => {
    expect(libvirtNetworks(join(scratchDirectory(), 'none'))).toEqual({ bridges: [], subnets: [] });
  });
});

describe('what sysctl.conf(5) switches on', () => {
  test.each([
    ['net.ipv4.ip_forward = 1', 'ipv4'],
    ['  net/ipv4/ip_forward=1', 'ipv4'],
    ['-net.ipv4.conf.all.forwarding=1', 'ipv4'],
    ['kernel.x = 2\nnet.ipv6.conf.all.forwarding = 1 \n', 'ipv6'],
  ] as const)('%s', (text, family) => {
    expect(switchesOn(text, family)).toBe(true);
    expect(switchesOn(text, family === 'ipv4' ? 'ipv6' : 'ipv4')).toBe(false);
  });

  test.each([
    '# net.ipv4.ip_forward = 1',
    '; net.ipv4.ip_forward=1',
    'net.ipv4.ip_forward = 0',
    'net.ipv4.ip_forward_use_pmtu = 1',
    'net.ipv4.conf.eth0.forwarding = 1',
    '',
  ])('not by %j', (text) => {
    expect(switchesOn(text, 'ipv4')).toBe(false);
  });
});

test('the interfaces that have learned a default route are told by its flags', () => {
  const zeros = '0'.repeat(32);
  const line = (flags: string, device: string) =>
    `${zeros} 00 ${zeros} 00 fe800000000000000000000000000099 00000400 00000001 00000000 ${flags} ${device}`;
  const text = [line('00450003', 'eth0'), line('00000003', 'eth1'), line('00450003', 'eth0'), ''];
  expect(learnedDevices(text.join('\n'))).toEqual(['eth0']);
  expect(learnedDevices('')).toEqual([]);
});
