/** dnsmasq's configuration: which line comes of what, in which order. */
import fc from 'fast-check';
import { dnsmasqConfig, wantsDnsmasq } from '../../../../lib/network/dnsmasq/config';
import type { ActiveNetwork } from '../../../../lib/network/active-network';
import { activeNetwork } from '../active';

const nat = "<forward mode='nat'/>";
const ip = "<ip address='192.168.9.1' prefix='24'/>";
const dhcp = (content: string): string =>
  `${nat}<ip address='192.168.9.1' prefix='24'><dhcp>${content}</dhcp></ip>`;
const dhcp6 = (content: string): string =>
  `${nat}${ip}<ip family='ipv6' address='fd00:9::1' prefix='64'><dhcp>${content}</dhcp></ip>`;

function lines(content: string): string[] {
  return dnsmasqConfig(activeNetwork(content)).trimEnd().split('\n');
}

/** What `content` brings beside what every network that is translated has. */
function brought(content: string): string[] {
  const always = lines(`${nat}${ip}`);
  return lines(content).filter((line) => !always.includes(line));
}

test('what every network has, in its order', () => {
  expect(lines(`${nat}${ip}`)).toEqual([
    'strict-order',
    'pid-file=/run/tslxc/networks/lab/dnsmasq.own-pid',
    'except-interface=lo',
    'bind-dynamic',
    'interface=virbr7',
  ]);
});

test('the folders of names and addresses of containers, as far as it has a use for them', () => {
  const content = `${nat}<ip address='10.9.0.1' prefix='24'><dhcp><range start='10.9.0.2' end='10.9.0.9'/></dhcp></ip>`;
  const foldersOf = (xml: string): string[] =>
    dnsmasqConfig(activeNetwork(xml), { names: '/run/tslxc-names/1-virbr7' })
      .split('\n')
      .filter((line) => /hostsdir=/.test(line));
  const hosts = 'hostsdir=/run/tslxc-names/1-virbr7/hosts';
  const addresses = 'dhcp-hostsdir=/run/tslxc-names/1-virbr7/addresses';
  expect(foldersOf(content)).toEqual([hosts, addresses]);
  expect(foldersOf(`${nat}${ip}`)).toEqual([hosts]);
  expect(foldersOf(content.replace('<ip', "<dns enable='no'/><ip"))).toEqual([addresses]);
});

test('everything at once, in libvirt’s order', () => {
  const all = activeNetwork(`<forward mode='none'/><bridge name='lab0'/><mtu size='1400'/>
    <domain name='lab.test' localOnly='yes'/>
    <dns forwardPlainNames='no'>
      <forwarder domain='corp.test' addr='10.0.0.53'/><forwarder addr='10.0.0.54'/>
      <forwarder domain='home.test'/>
      <txt name='note' value='a, b'/><host ip='192.168.9.50'><hostname>printer</hostname></host>
      <srv service='ldap' protocol='tcp' domain='lab.test' target='one.lab.test' port='389' priority='5' weight='7'/>
    </dns>
    <ip address='192.168.9.1' prefix='24' localPtr='yes'><tftp root='/srv/tftp'/><dhcp>
      <range start='192.168.9.100' end='192.168.9.109'><lease expiry='2' unit='hours'/></range>
      <host mac='52:54:00:00:00:01' name='one' ip='192.168.9.7'/>
      <bootp file='pxelinux.0' server='192.168.9.2'/></dhcp></ip>
    <ip family='ipv6' address='fd00:9::1' prefix='64'><dhcp>
      <range start='fd00:9::100' end='fd00:9::1ff'/></dhcp></ip>
    <dnsmasq:options><dnsmasq:option value='log-dhcp'/></dnsmasq:options>`);
  expect(dnsmasqConfig(all, { user: 'dnsmasq' })).toBe(`strict-order
server=/corp.test/10.0.0.53
server=10.0.0.54
server=/home.test/#
no-resolv
local=/lab.test/
domain=lab.test
expand-hosts
local=/9.168.192.in-addr.arpa/
domain-needed
local=//
pid-file=/run/tslxc/networks/lab/dnsmasq.own-pid
user=dnsmasq
except-interface=lo
bind-dynamic
interface=lab0
dhcp-option=3
no-resolv
ra-param=*,0,0
txt-record=note,"a, b"
srv-host=_ldap._tcp.lab.test,one.lab.test,389,5,7
enable-tftp
tftp-root=/srv/tftp
dhcp-range=192.168.9.100,192.168.9.109,255.255.255.0,7200s
dhcp-range=fd00:9::100,fd00:9::1ff,64
dhcp-no-override
dhcp-authoritative
no-ping
dhcp-boot=pxelinux.0,,192.168.9.2
dhcp-lease-max=266
dhcp-leasefile=/var/lib/tslxc/dnsmasq/lab.leases
dhcp-host=52:54:00:00:00:01,192.168.9.7,one
host-record=printer.lab.test,printer,192.168.9.50
dhcp-option=option:mtu,1400
enable-ra
log-dhcp
`);
});

test.each([
  ['DNS is off', `${nat}<dns enable='no'/>${ip}`, ['port=0']],
  [
    'a forwarder for all has no others beside it',
    `${nat}<dns><forwarder addr='10.0.0.53'/></dns>${ip}`,
    ['server=10.0.0.53', 'no-resolv'],
  ],
  [
    'a forwarder for a domain leaves the host’s own',
    `${nat}<dns><forwarder domain='a.test' addr='10.0.0.53'/></dns>${ip}`,
    ['server=/a.test/10.0.0.53'],
  ],
  [
    'a domain that the host’s servers answer',
    `${nat}<dns><forwarder domain='a.test'/></dns>${ip}`,
    ['server=/a.test/#'],
  ],
  ['a domain', `${nat}<domain name='a.test'/>${ip}`, ['domain=a.test', 'expand-hosts']],
  [
    'names of addresses stay here',
    `${nat}<ip address='10.1.2.3' prefix='16' localPtr='yes'/>
     <ip family='ipv6' address='fd00:9::1' prefix='36' localPtr='yes'/>`,
    [
      'local=/1.10.in-addr.arpa/',
      'local=/0.9.0.0.0.0.0.d.f.ip6.arpa/',
      'dhcp-range=fd00:9::1,ra-only',
    ],
  ],
  [
    'plain names stay here',
    `${nat}<dns forwardPlainNames='no'/>${ip}`,
    ['domain-needed', 'local=//'],
  ],
  ['an isolated network has no router', ip, ['dhcp-option=3', 'no-resolv', 'ra-param=*,0,0']],
  [
    'a service without a target is one that is not there',
    `${nat}<dns><srv service='ldap' protocol='tcp'/></dns>${ip}`,
    ['srv-host=_ldap._tcp'],
  ],
  [
    'a service has dnsmasq’s own defaults where something behind them is told',
    `${nat}<dns><srv service='ldap' protocol='tcp' target='a' weight='7'/></dns>${ip}`,
    ['srv-host=_ldap._tcp,a,1,0,7'],
  ],
  [
    'a service that is not offered, as libvirt’s documentation has it, and a name with the root’s dot',
    `${nat}<dns><srv service='name' protocol='tcp' domain='d' target='.' port='1024' priority='10' weight='10'/>
      <srv service='b' protocol='udp' target='one.lab.test.'/></dns>${ip}`,
    ['srv-host=_name._tcp.d,.,1024,10,10', 'srv-host=_b._udp,one.lab.test.,1,0,0'],
  ],
  [
    'a lease for ever',
    dhcp("<range start='192.168.9.2' end='192.168.9.3'><lease expiry='0'/></range>"),
    [
      'dhcp-range=192.168.9.2,192.168.9.3,255.255.255.0,infinite',
      ...['dhcp-no-override', 'dhcp-authoritative', 'no-ping', 'dhcp-lease-max=2'],
      'dhcp-leasefile=/var/lib/tslxc/dnsmasq/lab.leases',
    ],
  ],
  [
    'hosts without a range',
    dhcp("<host mac='52:54:00:00:00:01' ip='192.168.9.7'/>"),
    [
      'dhcp-range=192.168.9.1,static',
      ...['dhcp-no-override', 'dhcp-authoritative', 'no-ping'],
      'dhcp-leasefile=/var/lib/tslxc/dnsmasq/lab.leases',
      'dhcp-host=52:54:00:00:00:01,192.168.9.7',
    ],
  ],
  [
    'IPv6 hosts without a range',
    dhcp6("<host id='00:03:00:01:52:54:00:00:00:01' name='six' ip='fd00:9::7'/>"),
    [
      'dhcp-range=fd00:9::1,static,64',
      'dhcp-leasefile=/var/lib/tslxc/dnsmasq/lab.leases',
      'dhcp-host=id:00:03:00:01:52:54:00:00:00:01,six,[fd00:9::7]',
      'enable-ra',
    ],
  ],
  [
    'IPv6 without DHCP is advertised alone',
    `${nat}${ip}<ip family='ipv6' address='fd00:9::1' prefix='64'/>`,
    ['dhcp-range=fd00:9::1,ra-only'],
  ],
])('%s', (_, content, expected) => {
  expect(brought(content)).toEqual(expected);
});

test('a host that is known by its name, and one with a lease time of its own', () => {
  const hosts = `<host name='byname' ip='192.168.9.8'/>
    <host mac='52:54:00:00:00:02' name='two' ip='192.168.9.9'><lease expiry='5' unit='minutes'/></host>`;
  expect(lines(dhcp(hosts)).filter((line) => line.startsWith('dhcp-host='))).toEqual([
    'dhcp-host=byname,192.168.9.8',
    'dhcp-host=52:54:00:00:00:02,192.168.9.9,two,300s',
  ]);
});

test('a user that the options name is not set twice', () => {
  const options = "<dnsmasq:options><dnsmasq:option value='user=root'/></dnsmasq:options>";
  const text = dnsmasqConfig(activeNetwork(`${nat}${ip}${options}`), { user: 'dnsmasq' });
  expect(text.match(/^user=.*/gm)).toEqual(['user=root']);
});

test('who needs a dnsmasq', () => {
  const wants = (content: string): boolean => wantsDnsmasq(activeNetwork(content).definition);
  expect(wants(`${nat}${ip}`)).toBe(true);
  expect(wants('')).toBe(false);
  expect(wants("<forward mode='bridge'/><bridge name='br0'/>")).toBe(false);
  const off = "<dns enable='no'/>";
  expect(wants(`${nat}${off}${ip}`)).toBe(false);
  expect(wants(off + dhcp("<range start='192.168.9.2' end='192.168.9.3'/>"))).toBe(true);
  expect(wants(`${off}<ip family='ipv6' address='fd00:9::1' prefix='64'/>`)).toBe(true);
  expect(wants(`${off}<ip address='10.0.0.1' prefix='8'><tftp root='/srv'/></ip>`)).toBe(true);
});

describe('no value can begin a line of its own, or become two', () => {
  const { definition, ...rest } = activeNetwork(
    dhcp("<range start='192.168.9.2' end='192.168.9.3'/>"),
  );
  const position = { line: 3, column: 4 };

  /** The network with parts that no parser has looked at. */
  const withParts = (parts: Partial<ActiveNetwork['definition']>): ActiveNetwork => ({
    ...rest,
    definition: { ...definition, ...parts },
  });
  const dns = (parts: object): ActiveNetwork => withParts({ dns: { ...definition.dns, ...parts } });

  const places: Readonly<Record<string, (text: string) => ActiveNetwork>> = {
    bridge: (text) => ({ ...withParts({}), bridge: text }),
    domain: (name) => withParts({ domain: { name, localOnly: true } }),
    forwarder: (domain) => dns({ forwarders: [{ domain }] }),
    address: (address) => dns({ forwarders: [{ address }] }),
    'txt name': (name) => dns({ txts: [{ name, value: 'x' }] }),
    'name of a host': (name) => dns({ hosts: [{ ip: '192.168.9.7', names: [name] }] }),
    service: (service) => dns({ srvs: [{ service, protocol: 'tcp' }] }),
    target: (target) => dns({ srvs: [{ service: 'a', protocol: 'tcp', target }] }),
    'name of DHCP': (name) =>
      withParts({
        ips: [{ ...first(), dhcp: { ranges: [], hosts: [{ name, ip: '192.168.9.7', position }] } }],
      }),
  };

  const first = (): ActiveNetwork['definition']['ips'][0] & object => {
    const [own] = definition.ips;
    if (own === undefined) throw new Error('no address');
    return own;
  };

  const hostile = ['a\nport=0', 'a,b', 'a b', 'a"b', 'a#b', 'a/b', 'a\\b', 'a\0', 'a\tb', '', 'a*'];

  test.each(Object.entries(places))('%s', (_, at) => {
    for (const text of hostile) {
      expect(() => dnsmasqConfig(at(text))).toThrow(
        expect.objectContaining({
          code: 'XML_ERROR',
          element: expect.stringMatching(/^network\//) as string,
        }) as Error,
      );
    }
    expect(() => dnsmasqConfig(at('plain-1.test'))).not.toThrow();
  });

  test('where the definition knows the place, it is in the error', () => {
    expect(() => dnsmasqConfig(places['name of DHCP']?.('a\nb') ?? withParts({}))).toThrow(
      "'a\\x0ab' cannot be passed to dnsmasq (network/ip/dhcp/host, line 3, column 4)",
    );
  });

  test('an option has one line', () => {
    const position = { line: 3, column: 4 };
    const withOption = (value: string) => withParts({ dnsmasqOptions: [{ value, position }] });
    expect(() => dnsmasqConfig(withOption('log-dhcp\nport=0'))).toThrow(
      expect.objectContaining({ element: 'network/dnsmasq:options/dnsmasq:option' }) as Error,
    );
  });

  test.each(['pid-file=/run/x', ' keep-in-foreground', 'no-daemon'])(
    'an option that its keeper has to have is refused in its line: %s',
    (value) => {
      const position = { line: 3, column: 4 };
      expect(() => dnsmasqConfig(withParts({ dnsmasqOptions: [{ value, position }] }))).toThrow(
        `a network can't have the option '${value}' of dnsmasq (network/dnsmasq:options/dnsmasq:option, line 3, column 4)`,
      );
    },
  );

  test('free text is quoted: it stays one value on one line', () => {
    const count = lines(dhcp("<range start='192.168.9.2' end='192.168.9.3'/>")).length + 3;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const network = withParts({
          dns: { ...definition.dns, txts: [{ name: 'n', value: text }] },
          ips: [{ ...first(), tftpRoot: text }],
        });
        let config: string;
        try {
          config = dnsmasqConfig(network);
        } catch (error) {
          // Characters that dnsmasq has no words for.
          expect(text).toMatch(/\p{Cc}/u);
          expect(error).toMatchObject({ code: 'XML_ERROR' });
          return;
        }
        expect(config.trimEnd().split('\n')).toHaveLength(count);
        expect(config).toMatch(/^txt-record=n,([\w./:=+@%-]+|"([^"\\\n]|\\.)*")$/m);
      }),
    );
  });
});
