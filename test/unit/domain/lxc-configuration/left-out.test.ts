/** lib/domain/lxc-configuration: what LXC denies, or no container may have, is left out of the definition, and told of. */
import { convertConfiguration } from '../../../../lib/domain/lxc-configuration/convert';
import { parseEntries } from '../../../../lib/domain/lxc-configuration/lines';
import { Report } from '../../../../lib/domain/lxc-configuration/report';
import { hostView } from '../../../support/lxc/host-view';

const file = '/var/lib/lxc/web/config';

interface Converted {
  readonly domain: string;
  readonly told: readonly string[];
}

function convert(...lines: readonly string[]): Converted {
  const report = new Report();
  const text = ['lxc.uts.name = web', 'lxc.rootfs.path = /srv/web', ...lines].join('\n');
  const entries = parseEntries(`${text}\n`, file, report);
  const configuration = { entries, fstab: [], files: [file], path: file };
  const { domain } = convertConfiguration(configuration, hostView, report);
  return { domain, told: report.warnings([file]).map(({ message }) => message) };
}

const tun = 'lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file 0 0';
const shut = /does not let \/dev\/net\/tun be opened/;
const node = '/dev/net/tun';

describe.each(['lxc.cgroup.devices', 'lxc.cgroup2.devices'])('%s', (key) => {
  test.each([
    ['that is denied in a list of all others', ['deny = c 10:200 rwm']],
    ['whose kind is denied in a list of all others', ['allow = a', 'deny = c 10:* rwm']],
    ['of which only the reading is denied', ['allow = a', 'deny = c 10:200 r']],
    ['that is not in a list of some', ['deny = a', 'allow = c 1:3 rwm']],
  ])('a bound device %s is left out', (_what, rules) => {
    const { domain, told } = convert(...rules.map((rule) => `${key}.${rule}`), tun);
    expect(domain).not.toContain(node);
    expect(told).toEqual(expect.arrayContaining([expect.stringMatching(shut)]));
  });

  test.each([
    ['where another is denied', ['allow = a', 'deny = c 10:201 rwm']],
    ['where a block device of its numbers is denied', ['deny = b 10:200 rwm']],
    ['that is in a list of some', ['deny = a', 'allow = c 10:200 rwm']],
    ['that was denied before all were allowed', ['deny = c 10:200 rwm', 'allow = a']],
  ])('control: a bound device %s is given', (_what, rules) => {
    const { domain, told } = convert(...rules.map((rule) => `${key}.${rule}`), tun);
    expect(domain).toContain(node);
    expect(told.filter((one) => shut.test(one))).toEqual([]);
  });
});

test.each(['../b', 'a/..', 'a/../../b', 'a/../b', '/srv/web/a/../../b'])(
  'a mount at %s, which could lie outside of the root, is left out',
  (target) => {
    const { domain, told } = convert(`lxc.mount.entry = /srv/data ${target} none bind 0 0`);
    expect(domain).not.toContain('/srv/data');
    expect(told).toEqual([expect.stringContaining("a target has no '..'")]);
  },
);

test.each(['a/..b', 'a..', '/srv/web/...'])('control: one at %s is given', (target) => {
  const { domain, told } = convert(`lxc.mount.entry = /srv/data ${target} none bind 0 0`);
  expect(domain).toContain('/srv/data');
  expect(told).toEqual([]);
});
