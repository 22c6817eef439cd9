/** lib/domain/lxc-configuration: what LXC itself refuses is an error with its place, and so is a root that no domain can have. */
import { convertConfiguration } from '../../../../lib/domain/lxc-configuration/convert';
import { parseEntries } from '../../../../lib/domain/lxc-configuration/lines';
import {
  documentText,
  Report,
  type Warning,
} from '../../../../lib/domain/lxc-configuration/report';
import { hostView } from '../../../support/lxc/host-view';

const file = '/var/lib/lxc/web/config';

interface Conversion {
  readonly name: string;
  readonly domain: string;
  readonly warnings: readonly Warning[];
}

function convert(text: string, path = file): Conversion {
  const report = new Report();
  const entries = parseEntries(text, file, report);
  const origin = path === '' ? {} : { path };
  const configuration = { entries, fstab: [], files: [file], ...origin };
  const { name, domain } = convertConfiguration(configuration, hostView, report);
  return { name, domain, warnings: report.warnings([file]) };
}

test.each<[string, RegExp]>([
  ['lxc.tty.max = four', /not a number/],
  ['lxc.pty.max = -1', /not a number/],
  ['lxc.no_new_privs = 2', /not a number up to 1/],
  ['lxc.init.uid = root', /not a number/],
  ["lxc.init.cmd = /bin/sh -c 'x", /' is not closed/],
  ['lxc.idmap = u 0 100000', /not of the form: u or g/],
  ['lxc.idmap = x 0 100000 65536', /not of the form: u or g/],
  ['lxc.idmap = u 0 100000 65536', /maps no group 0 of the container/],
  ['lxc.idmap = u 1 100000 65536\nlxc.idmap = g 0 1 1', /maps no user 0 of the container/],
  ['lxc.cap.keep = chown\nlxc.cap.drop = kill', /exclude each other/],
  ['lxc.prlimit.nofile = many', /not of the form SOFT:HARD/],
  ['lxc.signal.halt = PWR', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = RTMIN+3', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = SIGNOTHING', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = SIGRTMIN', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = SIGRTMIN+31', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = SIGRTMAX-33', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = -1', /not a signal such as SIGPWR/],
  ['lxc.signal.halt = 30x', /not a number/],
  ['lxc.haltsignal = TERM', /lxc.haltsignal = TERM: not a signal such as SIGPWR/],
  ['lxc.cgroup2.memory.max = much', /not a size/],
  ['lxc.cgroup2.pids.max = some', /not a number/],
  ['lxc.cgroup2.pids.max = 0', /at least one process/],
  ['lxc.cgroup2.cpuset.cpus = a-b', /not a set of numbers/],
  ['lxc.cgroup2.cpu.max = 1 2 3', /not of the form QUOTA PERIOD/],
  ['lxc.cgroup2.io.max = sda rbps=1', /no numbers of a device/],
  ['lxc.cgroup2.io.max = 8:0 speed=1', /no rate 'speed'/],
  ['lxc.cgroup.devices.deny = a\nlxc.cgroup.devices.allow = 1:3', /not of the form: c or b/],
  ['lxc.mount.entry = proc', /not a line of fstab/],
  ['lxc.mount.auto = proc:most', /no file system 'proc:most'/],
  ['lxc.net.0.type = wormhole', /no type of an interface/],
  ['lxc.net.0.type = macvlan', /lxc.net.0.link is not set/],
  ['lxc.net.0.type = macvlan\nlxc.net.0.link = a\nlxc.net.0.macvlan.mode = x', /no mode/],
  ['lxc.net.0.type = vlan\nlxc.net.0.link = eth0', /lxc.net.0.vlan.id is not set/],
  ['lxc.net.0.type = veth\nlxc.net.0.link = a/b', /the name of an interface has a '\/'/],
  ['lxc.net.0.type = veth\nlxc.net.0.mtu = 70000', /not a number up to 65535/],
  ['lxc.net.0.type = veth\nlxc.net.0.hwaddr = 01:00:00:00:00:00', /no address of an interface/],
  ['lxc.net.0.type = veth\nlxc.net.0.ipv4.address = fe80::1', /no address of IPv4/],
  ['lxc.net.0.type = veth\nlxc.net.0.ipv4.address = 10.0.0.1/33', /no prefix from 1 to 32/],
  ['lxc.net.0.type = veth\nlxc.net.0.ipv6.gateway = 10.0.0.1', /no address of IPv6/],
  ['lxc.rootfs.path = overlay:/lower', /is not overlay:\/LOWER:\/UPPER/],
])('%j', (text, message) => {
  const last = text.split('\n').length;
  const attempt = (): unknown => convert(`${text}\n`);
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(expect.objectContaining({ code: 'CONF_SYNTAX', path: file }) as Error);
  expect(attempt).toThrow(new RegExp(`^configuration file syntax error: ${file}:[1-${last}]: `));
});

test.each([
  'nbd:/srv/root.qcow2:1',
  'rbd:pool/image',
  'zfs:tank/web',
  'aufs:/lower:/upper',
  'overlay:/one:/two:/upper',
  'rootfs',
])(
  'the root %s is an error, since without a root a container would get that of the host',
  (path) => {
    const attempt = (): unknown => convert(`lxc.rootfs.path = ${path}\n`);
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNSUPPORTED', path: file, line: 1 }) as Error,
    );
  },
);

test.each([
  [file, 'web'],
  ['/etc/lxc/mail.conf', 'mail'],
  ['/etc/lxc/plain', 'plain'],
])('without lxc.uts.name %s names the domain', (path, name) => {
  expect(convert('lxc.net.0.type = empty\n', path).name).toBe(name);
});

test('without a path either there is no name', () => {
  expect(() => convert('', '')).toThrow(expect.objectContaining({ code: 'NO_NAME' }) as Error);
});

test('what ends a comment of XML or steers a terminal does so in no comment', () => {
  const { warnings } = convert('lxc.hook.start = /a --> ---> <b/> --\u001b[31m-\n');
  const text = documentText('<domain/>\n', warnings);
  expect(text).toMatch(/^<!--\n[^]*- -> - - -> <b\/> - -\\x1b\[31m-[^]*\n-->\n<domain\/>\n$/);
  expect(text.slice(4, text.indexOf('-->\n<domain'))).not.toContain('--');
});

describe('labels', () => {
  const withModel = (securityModel: 'apparmor' | 'selinux', text: string): string => {
    const report = new Report();
    const entries = parseEntries(text, file, report);
    const host = { ...hostView, securityModel };
    const configuration = { entries, fstab: [], files: [file], path: file };
    return convertConfiguration(configuration, host, report).domain;
  };

  test.each<['apparmor' | 'selinux', string, string]>([
    ['apparmor', 'lxc.apparmor.profile = generated', "<seclabel type='dynamic' model='apparmor'/>"],
    ['apparmor', 'lxc.aa_profile = unconfined', "<seclabel type='none' model='apparmor'/>"],
    ['apparmor', 'lxc.apparmor.profile = mine', '<label>mine</label>'],
    ['selinux', 'lxc.se_context = u:r:t:s0:c1', '<label>u:r:t:s0:c1</label>'],
  ])('%s: %s', (model, text, element) => {
    expect(withModel(model, `${text}\n`)).toContain(element);
  });

  test('a label of a module that the host lacks is left out and told of', () => {
    const { domain, warnings } = convert('lxc.apparmor.profile = mine\n');
    expect(domain).not.toContain('seclabel');
    expect(warnings.map(({ message }) => message)).toEqual([
      'lxc.apparmor.profile = mine: this host confines no containers by AppArmor',
    ]);
  });
});
