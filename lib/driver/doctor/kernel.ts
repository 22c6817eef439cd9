/** What the kernel offers. Needs no privilege. */
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';
import { readAttribute } from '../../host/node/attribute';

/** Needed for mount_setattr(2) with MOUNT_ATTR_IDMAP; close_range(2), clone3(2) into a cgroup and openat2(2) are older. */
const oldestKernel = [5, 12] as const;

/** Each with its file in /proc/self/ns, and the limit in /proc/sys/user. */
const namespaces = ['mnt', 'pid', 'uts', 'ipc', 'net', 'cgroup'] as const;

/** File systems of the kernel: those without which no container runs, and others, each with its use. */
const needed = ['proc', 'sysfs', 'tmpfs', 'devpts'] as const;
const useful = {
  overlay:
    'writable layers of <tslxc:overlay>, and the monitor’s executable without a copy in memory',
  mqueue: '/dev/mqueue',
} as const;

/** Drivers of network interfaces: a function of the kernel by which each is recognized, and what it is for. */
const drivers = {
  veth: { symbol: 'veth_setup', use: "<interface type='network'>, 'bridge' and 'ethernet'" },
  bridge: { symbol: 'br_add_bridge', use: 'virtual networks' },
  macvlan: { symbol: 'macvlan_common_newlink', use: "<interface type='direct'>" },
  ifb: { symbol: 'ifb_setup', use: 'rates of what comes in' },
  tun: { symbol: 'tun_chr_open', use: 'VPN programs in containers' },
} as const;

export function checkKernel(): HostCheck[] {
  return [
    checkVersion(release()),
    ...namespaces.flatMap(checkNamespace),
    checkUserNamespaces(),
    ...checkFilesystems(readAttribute('/proc/filesystems') ?? ''),
    checkSeccomp(),
    ...checkDrivers(),
  ];
}

/** `version` as `uname -r` prints it. */
export function checkVersion(version: string): HostCheck {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  const [oldestMajor, oldestMinor] = oldestKernel;
  const isEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  if (isEnough) return ok('kernel.version', `Linux ${version}`);
  return fail('kernel.version', `Linux ${version}`, `use Linux ${oldestKernel.join('.')} or later`);
}

function checkNamespace(name: (typeof namespaces)[number]): HostCheck[] {
  const id = 'kernel.namespaces';
  const option = name === 'mnt' ? 'CONFIG_NAMESPACES' : `CONFIG_${name.toUpperCase()}_NS`;
  if (!existsSync(`/proc/self/ns/${name}`)) {
    return [fail(id, `no ${name} namespaces`, `use a kernel with ${option}`)];
  }
  const limit = `/proc/sys/user/max_${name}_namespaces`;
  if ((readAttribute(limit) ?? '').trim() !== '0') return [];
  return [fail(id, `${limit} is 0`, `sysctl user.max_${name}_namespaces=10000`)];
}

function checkUserNamespaces(): HostCheck {
  const id = 'kernel.user-namespaces';
  if (!existsSync('/proc/self/ns/user')) {
    return warn(
      id,
      'no user namespaces: <idmap> can’t be used',
      'use a kernel with CONFIG_USER_NS',
    );
  }
  const limit = '/proc/sys/user/max_user_namespaces';
  if ((readAttribute(limit) ?? '').trim() === '0') {
    return warn(
      id,
      `${limit} is 0: <idmap> can’t be used`,
      'sysctl user.max_user_namespaces=10000',
    );
  }
  return ok(id, 'namespaces of all kinds, user namespaces too');
}

/** `text` is /proc/filesystems. A file system that is a module is listed there once it has been loaded. */
function checkFilesystems(text: string): HostCheck[] {
  const id = 'kernel.filesystems';
  const known = new Set(text.split(/\s+/));
  const isThere = (name: string): boolean => known.has(name) || isModule(name);
  const missing = needed.filter((name) => !isThere(name));
  const others = Object.entries(useful).filter(([name]) => !isThere(name));
  if (missing.length === 0 && others.length === 0) {
    return [ok(id, [...needed, ...Object.keys(useful)].join(', '))];
  }
  return [
    ...missing.map((name) => fail(id, `no ${name}`, `use a kernel with ${name}`)),
    ...others.map(([name, use]) => warn(id, `no ${name}: it is for ${use}`, `modprobe ${name}`)),
  ];
}

function checkSeccomp(): HostCheck {
  const id = 'kernel.seccomp';
  const actions = readAttribute('/proc/sys/kernel/seccomp/actions_avail') ?? '';
  if (/\berrno\b/.test(actions)) return ok(id, 'filters of system calls');
  const advice = 'use a kernel with CONFIG_SECCOMP_FILTER, or the hardening level compat';
  return fail(id, 'no filters of system calls, which the level hardened has', advice);
}

function checkDrivers(): HostCheck[] {
  const id = 'kernel.network';
  const symbols = readAttribute('/proc/kallsyms') ?? '';
  const missing = Object.entries(drivers).filter(
    ([name, { symbol }]) => !new RegExp(`\\b${symbol}\\b`).test(symbols) && !isModule(name),
  );
  if (missing.length === 0) return [ok(id, Object.keys(drivers).join(', '))];
  return missing.map(([name, { use }]) =>
    warn(id, `no ${name}: it is for ${use}`, `modprobe ${name}, or use a kernel that has it`),
  );
}

/** Whether it is loaded, built in, or can be loaded on demand. */
function isModule(name: string): boolean {
  if (existsSync(join('/sys/module', name))) return true;
  return ['modules.builtin', 'modules.dep'].some((file) => {
    const list = readAttribute(join('/lib/modules', release(), file)) ?? '';
    return new RegExp(`/${name}\\.ko\\b`, 'm').test(list);
  });
}
