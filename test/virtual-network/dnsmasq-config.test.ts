/** What dnsmasq itself says of the configurations that are written for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dnsmasqConfig } from '../../lib/network/dnsmasq/config';
import { runProgram } from '../support/process/run-command';
import { activeNetwork } from '../unit/network/active';

const folder = mkdtempSync(join(tmpdir(), 'tslxc-config-'));

afterAll(() => rmSync(folder, { recursive: true }));

async function judgement(text: string): Promise<string> {
  const path = join(folder, 'dnsmasq.conf');
  writeFileSync(path, text);
  const { code, stderr } = await runProgram(['dnsmasq', '--test', `--conf-file=${path}`]);
  return code === 0 ? 'accepted' : stderr.trim();
}

const odd = 'comma,  # hash &quot;quotes&quot; &apos;single&apos; \\n \\ ümläut → ∞ = : ';

test.each([
  ['little', "<forward mode='nat'/><ip address='10.1.0.1' prefix='24'/>"],
  ['isolated', "<ip address='10.1.0.1' prefix='24'/>"],
  [
    'everything',
    `<bridge name='lab-0.1_x'/><mtu size='1400'/><domain name='lab.test' localOnly='yes'/>
    <dns forwardPlainNames='no'>
      <forwarder domain='corp.test' addr='10.0.0.53'/><forwarder addr='fd00::53'/>
      <forwarder domain='home.test'/><txt name='note.lab.test' value='${odd}'/>
      <host ip='10.1.0.50'><hostname>printer</hostname><hostname>p.other.test</hostname></host>
      <host ip='fd00:9::50'><hostname>printer</hostname></host>
      <srv service='ldap' protocol='tcp' domain='lab.test' target='one.lab.test' port='389' priority='5' weight='7'/>
      <srv service='sip' protocol='udp' target='a' weight='7'/><srv service='x' protocol='tcp'/>
    </dns>
    <ip address='10.1.0.1' prefix='24' localPtr='yes'><tftp root='/srv/${odd}'/><dhcp>
      <range start='10.1.0.100' end='10.1.0.109'><lease expiry='2' unit='hours'/></range>
      <range start='10.1.0.120' end='10.1.0.129'><lease expiry='0'/></range>
      <host mac='52:54:00:00:00:01' name='one' ip='10.1.0.7'><lease expiry='5'/></host>
      <host mac='52:54:00:00:00:02' ip='10.1.0.8'/><host name='three' ip='10.1.0.9'/>
      <bootp file='${odd}' server='10.1.0.2'/></dhcp></ip>
    <ip family='ipv6' address='fd00:9::1' prefix='64' localPtr='yes'><dhcp>
      <range start='fd00:9::100' end='fd00:9::1ff'/>
      <host id='00:03:00:01:52:54:00:00:00:01' name='six' ip='fd00:9::6'/>
      <host name='seven' ip='fd00:9::7'/></dhcp></ip>
    <dnsmasq:options><dnsmasq:option value='log-dhcp'/><dnsmasq:option value='# a comment'/></dnsmasq:options>`,
  ],
  [
    'static alone, both families',
    `<forward mode='route'/><ip address='10.1.0.1' prefix='24'><dhcp>
      <host mac='52:54:00:00:00:02' ip='10.1.0.8'/></dhcp></ip>
    <ip family='ipv6' address='fd00:9::1' prefix='64'><dhcp>
      <host id='00:04:01' ip='fd00:9::6'/></dhcp></ip>`,
  ],
  ['advertised alone', "<ip family='ipv6' address='fd00:9::1' prefix='64'/>"],
])('it takes a network with %s', async (_, content) => {
  expect(await judgement(dnsmasqConfig(activeNetwork(content), { user: 'nobody' }))).toBe(
    'accepted',
  );
});

test('it does not take everything', async () => {
  expect(await judgement('no-such-thing\n')).toMatch(/bad option at line 1/);
});
