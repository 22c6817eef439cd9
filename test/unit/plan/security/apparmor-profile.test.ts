/**
 * The text of a domain's AppArmor profile against its golden file (UPDATE_GOLDEN=1 rewrites them), and what its rules let
 * root inside do, by the parser's own reading. What the kernel makes of it is tested in a machine that has AppArmor.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProfile, profileName } from '../../../../lib/plan/security/apparmor-profile';
import type { ProfileFacts } from '../../../../lib/plan/security/apparmor-profile';
import { otherThan, quoted } from '../../../../lib/plan/security/apparmor-patterns';
import { document, parse } from '../../domain/parse-context';
import { AppArmorRules } from './apparmor-rules';
import type { Mount } from './apparmor-rules';

const folder = join(__dirname, '../../../golden/apparmor');
const hidden = ['/etc/tslxc', '/run/tslxc', '/var/log/tslxc', '/var/lib/tslxc'];

const filesystem = (target: string, readonly = ''): string =>
  `<filesystem><source dir='/srv'/><target dir='${target}'/>${readonly}</filesystem>`;
const readonlyData = `${filesystem('/')}
${filesystem('/data', '<readonly/>')}
${filesystem('/data/cache')}
${filesystem('/srv/my "files"*', '<readonly/>')}
<disk type='block'><source dev='/dev/loop0'/><target dev='sda'/></disk>`;

function text(devices: string, facts: Partial<ProfileFacts> = {}): string {
  const definition = parse(document({ devices }));
  const name = profileName(definition.uuid);
  return compileProfile(definition, { name, hardening: 'hardened', hidden, ...facts });
}

const profiles = {
  shared: text(''),
  private: text(filesystem('/')),
  compat: text(filesystem('/'), { hardening: 'compat' }),
  readonly: text(readonlyData),
  stacked: text(filesystem('/'), { base: '/usr/bin/my base' }),
} as const;
const names = Object.keys(profiles) as (keyof typeof profiles)[];

test.each(names)('%s is as its golden text', (name) => {
  const golden = join(folder, `${name}.profile`);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, profiles[name]);
  expect(profiles[name]).toBe(readFileSync(golden, 'utf8'));
});

const knob = 'kernel/core_pattern';

describe.each(names)('the rules of %s', (name) => {
  let rules: AppArmorRules;
  beforeAll(() => {
    rules = new AppArmorRules(profiles[name]);
  });

  const bind = (source: string, target: string, kind: 'bind' | 'move' = 'bind'): Mount => {
    return { source, target, flags: [kind] };
  };

  test('the kernel’s knobs are not written, wherever procfs and sysfs are', () => {
    const denied = [
      `/proc/sys/${knob}`,
      `/a/proc/sys/${knob}`,
      // Where a mount has been let go, names begin at the root of the file system.
      `/sys/${knob}`,
      // Where a program has renamed the folder that procfs is mounted on.
      `/a/renamed/sys/${knob}`,
      '/proc/sys/vm/overcommit_memory',
      '/proc/sys/kernel/modprobe',
      '/proc/sys/fs/binfmt_misc/register',
      '/proc/sysrq-trigger',
      '/renamed/sysrq-trigger',
      '/sys/kernel/uevent_helper',
      '/renamed/kernel/uevent_helper',
      '/sys/devices/pci0000:00/remove',
      '/sys/fs/ext4/features',
      '/sys/module/kernel/parameters/panic',
      '/sys/fs/cgroup/cpu/release_agent',
      '/renamed/release_agent',
      '/renamed/sys/vm/drop_caches',
      '/renamed/sys/fs/binfmt_misc/register',
      '/renamed/bus/pci/rescan',
    ];
    expect(denied.filter((path) => rules.allows('write', path))).toEqual([]);
    for (const path of [
      '/proc/kcore',
      '/renamed/kcore',
      '/proc/kmem',
      '/sys/kernel/security/apparmor/.load',
    ]) {
      expect([path, rules.allows('read', path)]).toEqual([path, false]);
    }
  });

  test('what is the container’s own is written', () => {
    const allowed = [
      '/proc/sys/net/ipv4/ip_forward',
      '/proc/sys/kernel/hostname',
      '/proc/sys/kernel/shmmax',
      '/proc/self/oom_score_adj',
      '/sys/fs/cgroup/app/cgroup.procs',
      '/sys/class/net/eth0/mtu',
      '/sys/devices/virtual/net/eth0/mtu',
      '/usr/include/sys/kernel.h',
      '/usr/src/linux/fs/proc/base.c',
      '/usr/src/rust/library/std/src/sys/fs/unix.rs',
      '/etc/shadow',
      '/dev/null',
    ];
    expect(allowed.filter((path) => !rules.allows('write', path))).toEqual([]);
    expect(rules.allows('read', `/proc/sys/${knob}`)).toBe(true);
  });

  test('nothing read-only of the kernel’s becomes writable, nor is any of it taken off', () => {
    for (const target of ['/proc/', '/proc/sys/', '/sys/', '/sys/fs/cgroup/', '/a/proc/sys/']) {
      expect(rules.mounts({ target, flags: ['remount', 'bind'] })).toBe(false);
      expect(rules.mounts({ target, flags: ['remount'] })).toBe(false);
      expect(rules.mounts({ target, flags: ['remount', 'bind', 'nosuid', 'noexec'] })).toBe(false);
      expect(rules.mounts({ target, flags: ['remount', 'bind', 'ro', 'relatime'] })).toBe(true);
      expect([target, rules.unmounts(target)]).toEqual([target, false]);
      expect([target, rules.pivots(target, '/old/')]).toEqual([target, false]);
    }
    expect(rules.unmounts('/proc/kcore')).toBe(false);
  });

  test('procfs is mounted by its name alone, and no sysfs or file system of the host’s', () => {
    expect(rules.mounts({ source: 'proc', target: '/proc/', type: 'proc' })).toBe(true);
    expect(
      rules.mounts({ source: 'proc', target: '/a/proc/', type: 'proc', flags: ['nosuid'] }),
    ).toBe(true);
    for (const target of ['/mnt/', '/a/processes/', '/proc/x/', '/']) {
      expect([target, rules.mounts({ source: 'proc', target, type: 'proc' })]).toEqual([
        target,
        false,
      ]);
    }
    for (const type of [
      'sysfs',
      'debugfs',
      'tracefs',
      'securityfs',
      'binfmt_misc',
      'configfs',
      'bpf',
      'overlay',
    ]) {
      for (const flags of [[], ['ro'], ['nosuid', 'nodev', 'noexec'], ['silent']] as const) {
        expect([type, rules.mounts({ source: type, target: '/mnt/', type, flags })]).toEqual([
          type,
          false,
        ]);
      }
    }
  });

  test('procfs is bound and moved to places of its name alone, and nothing out of it and of sysfs', () => {
    for (const kind of ['bind', 'move'] as const) {
      for (const source of [
        '/proc/',
        '/proc/sys/',
        `/proc/sys/${knob}`,
        '/sys/',
        '/sys/kernel/',
        '/a/proc/',
        // Where a program has renamed the folder that procfs is mounted on, the rest of the names is what there is.
        '/renamed/sys/',
        '/renamed/sys/kernel/',
        '/renamed/sysrq-trigger',
        '/renamed/kcore',
        '/cgroup/release_agent',
      ]) {
        expect([source, rules.mounts(bind(source, '/mnt/', kind))]).toEqual([source, false]);
        expect([source, rules.mounts(bind(source, '/', kind))]).toEqual([source, false]);
      }
      for (const source of ['/proc/sys/', '/sys/', '/renamed/sys/'])
        expect(rules.mounts(bind(source, '/a/sys/', kind))).toBe(false);
      expect(rules.mounts(bind('/proc/', '/a/proc/', kind))).toBe(true);
    }
    const hostname = 'proc/sys/kernel/hostname';
    expect(rules.mounts(bind(`/${hostname}`, `/a/${hostname}`))).toBe(true);
    const pressure = 'sys/fs/cgroup/system.slice/a.service/memory.pressure';
    expect(rules.mounts(bind(`/${pressure}`, `/a/${pressure}`))).toBe(true);
    expect(rules.mounts(bind(`/${hostname}`, '/a/other'))).toBe(false);
    expect(rules.mounts(bind(`/proc/sys/${knob}`, `/a/${hostname}`))).toBe(false);
    expect(rules.mounts({ source: '/', target: '/a/', flags: ['bind', 'rec'] })).toBe(true);
    expect(rules.mounts({ source: '/proc/', target: '/a/', flags: ['bind', 'rec'] })).toBe(false);
  });

  test('the container’s own mounts work', () => {
    const allowed: Mount[] = [
      { source: 'tmpfs', target: '/run/', type: 'tmpfs', flags: ['nosuid', 'nodev'] },
      { source: 'cgroup', target: '/sys/fs/cgroup/', type: 'cgroup2', flags: ['nosuid'] },
      { source: 'devpts', target: '/dev/pts/', type: 'devpts' },
      bind('/srv/', '/mnt/'),
      { source: '/srv/', target: '/mnt/', flags: ['bind', 'rec'] },
      bind('/a/', '/b/', 'move'),
      { target: '/', flags: ['rec', 'slave', 'silent'] },
      { target: '/', flags: ['rec', 'private'] },
      { target: '/mnt/', flags: ['remount', 'bind', 'ro', 'nosuid'] },
    ];
    expect(allowed.filter((mount) => !rules.mounts(mount))).toEqual([]);
    expect(rules.unmounts('/mnt/')).toBe(true);
    expect(rules.pivots('/mnt/', '/mnt/old/')).toBe(true);
  });

  test('a file system, which may be the host’s, is never remounted as a whole', () => {
    for (const target of ['/', '/mnt/']) {
      expect(rules.mounts({ target, flags: ['remount'] })).toBe(false);
      expect(rules.mounts({ target, flags: ['remount', 'ro'] })).toBe(false);
    }
  });

  test('a mount gets back what it has lost only where nothing of the domain’s is read-only', () => {
    const flags = ['remount', 'bind', 'nosuid'] as const;
    expect(rules.mounts({ target: '/mnt/', flags })).toBe(name !== 'readonly');
  });

  test('what is masked stays unread in hardened', () => {
    for (const path of [
      '/proc/timer_list',
      '/a/proc/kallsyms',
      '/keys',
      '/sys/firmware/acpi/tables/DSDT',
    ]) {
      expect([path, rules.allows('read', path)]).toEqual([path, name === 'compat']);
    }
  });
});

test('a read-only file system is not written by its path, but for what lies in it and is writable', () => {
  const rules = new AppArmorRules(profiles.readonly);
  expect(rules.allows('write', '/srv/my "files"*/a')).toBe(false);
  expect(rules.allows('write', '/data/cache/a')).toBe(true);
  expect(rules.unmounts('/data/')).toBe(false);
  expect(rules.unmounts('/srv/my "files"*/')).toBe(false);
  const mount = { source: '/dev/sda', target: '/mnt/', type: 'ext4' };
  expect(rules.mounts(mount)).toBe(true);
  expect(new AppArmorRules(profiles.private).mounts(mount)).toBe(false);
});

test('what a shared root hides is neither read nor uncovered', () => {
  const shared = new AppArmorRules(profiles.shared);
  const own = new AppArmorRules(profiles.private);
  for (const path of hidden) {
    expect(shared.allows('read', `${path}/a`)).toBe(false);
    expect(shared.unmounts(`${path}/`)).toBe(false);
    expect(own.allows('write', `${path}/a`)).toBe(true);
  }
});

test('one component that is none of some names', () => {
  const pattern = otherThan(['net', 'sem*']);
  const rules = new AppArmorRules(`abi <abi/3.0>,\nprofile x {\n  /a/${pattern} r,\n}\n`);
  const all = ['n', 'ne', 'net', 'netx', 'nex', 's', 'se', 'sem', 'semx', 'sen', 'other', 'x/y'];
  expect(all.filter((one) => rules.allows('read', `/a/${one}`))).toEqual([
    'n',
    'ne',
    'netx',
    'nex',
    's',
    'se',
    'sen',
    'other',
  ]);
});

test('no path ends its rule', () => {
  const path = '/a"b\n}@{HOME}\\*[^x],ü -> /y';
  expect(quoted(path, '/**')).toBe('"/a?b????HOME?????x??ü -? /y/**"');
  const rules = new AppArmorRules(
    `abi <abi/3.0>,\nprofile x {\n  file,\n  deny ${quoted(path)} r,\n}\n`,
  );
  expect(rules.allows('read', Buffer.from(path).toString('latin1'))).toBe(false);
  expect(rules.allows('read', '/a')).toBe(true);
});
