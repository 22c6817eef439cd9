/** The machine that the tests of this tier run in is what its flavour says. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostFacts } from '../../lib/host/facts';
import { byFlavour, flavour } from '../support/machine/flavour';
import type { Flavour } from '../support/machine/flavour';
import { runProgram } from '../support/process/run-command';
import { systemctl } from '../support/machine/systemd';

const read = (path: string): string => readFileSync(path, 'utf8');

interface Layout {
  /** Controllers that have a hierarchy of their own. */
  readonly v1: readonly string[];
  /** Where the v2 tree is mounted. */
  readonly v2: string | undefined;
  readonly hasControllers: boolean;
}

async function output(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('process 1 is systemd, and what a machine has for its units runs', async () => {
  expect(read('/proc/1/comm')).toBe('systemd\n');
  expect(await systemctl('list-units', '--failed', '--no-legend', '--plain')).toBe('');
  expect(await systemctl('is-active', 'dbus.service')).toBe('active\n');
});

test('the kernel is that of the flavour’s Debian', () => {
  const debian13 = /^6\.12\..*\+deb13-/;
  const debian12 = /^6\.1\.0-\d+-amd64\n$/;
  const kernels = {
    apparmor: debian13,
    'selinux-enforcing': debian13,
    'selinux-permissive': debian13,
    'cgroup-hybrid': debian12,
    'cgroup-v1': debian12,
  };
  expect(read('/proc/sys/kernel/osrelease')).toMatch(byFlavour(kernels));
});

test('cgroups are laid out as the flavour says, as the package finds them', () => {
  const { hierarchies, unified } = hostFacts().cgroups;
  const onlyV2 = { v1: [], v2: '/sys/fs/cgroup', hasControllers: true };
  const v1 = ['blkio', 'cpu', 'cpuset', 'devices', 'freezer', 'memory', 'pids'];
  const layouts: Record<Flavour, Layout> = {
    apparmor: onlyV2,
    'selinux-enforcing': onlyV2,
    'selinux-permissive': onlyV2,
    'cgroup-hybrid': { v1, v2: '/sys/fs/cgroup/unified', hasControllers: false },
    'cgroup-v1': { v1, v2: undefined, hasControllers: false },
  };
  const wanted = byFlavour(layouts);
  const found = hierarchies.flatMap(({ controllers }) => controllers);
  expect(v1.filter((name) => found.includes(name))).toEqual(wanted.v1);
  expect(unified?.mount).toBe(wanted.v2);
  const file = join(wanted.v2 ?? '/sys/fs/cgroup', 'cgroup.controllers');
  expect(existsSync(file)).toBe(wanted.v2 !== undefined);
  const controllers = existsSync(file) ? read(file).trim().split(' ') : [];
  expect(controllers.includes('memory')).toBe(wanted.hasControllers);
});

test('the security module is on that the flavour is named after, and is said to enforce or not', () => {
  const modules = read('/sys/kernel/security/lsm').split(',');
  const isSelinux = flavour().startsWith('selinux');
  expect(modules.includes('selinux')).toBe(isSelinux);
  expect(modules.includes('apparmor')).toBe(!isSelinux);
  expect(existsSync('/sys/fs/selinux/enforce')).toBe(isSelinux);
  if (!isSelinux) {
    expect(read('/sys/module/apparmor/parameters/enabled')).toBe('Y\n');
    // No profile of Debian's, whose hundred take six seconds.
    expect(read('/sys/kernel/security/apparmor/profiles')).toBe('');
    return;
  }
  expect(read('/sys/fs/selinux/enforce')).toBe(flavour() === 'selinux-enforcing' ? '1' : '0');
});

test('the tests run as what may enter a container’s domain, and may execute what they write', () => {
  const context = read('/proc/self/attr/current').replace(/\0?\n?$/, '');
  if (!flavour().startsWith('selinux')) expect(context).toBe('unconfined');
  else {
    expect(context).toBe('unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023');
    expect(read('/sys/fs/selinux/booleans/allow_execmem')).toBe('1 1');
  }
});

test('a folder for containers’ roots takes labels, where there are any, and has none elsewhere', async () => {
  const folder = mkdtempSync('/var/tmp/vmtest-label-');
  const label = 'system_u:object_r:container_file_t:s0:c1,c2';
  const isSelinux = flavour().startsWith('selinux');
  try {
    if (isSelinux) await output('chcon', label, folder);
    const { stdout } = await runProgram(['stat', '--format=%C', folder]);
    expect(stdout).toBe(isSelinux ? `${label}\n` : '?\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
