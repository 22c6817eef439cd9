/** What this process may do, and what it sees: a systemd unit can restrict both. */
import { existsSync, readlinkSync } from 'node:fs';
import type { StatePaths } from '../../host/state/state-paths';
import { isHostsIdMap, isPrivileged, readPrivilege } from '../session/access';
import type { Privilege } from '../session/access';
import { fail, ok, warn } from './check';
import type { HostCheck } from './check';
import { checkState } from './state-disk';
import { readAttribute } from '../../host/node/attribute';

/** linux/capability.h: capabilities that the start of a container needs in the bounding set; a service may have less. */
const neededCapabilities = {
  chown: 0,
  dac_override: 1,
  fowner: 3,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_admin: 12,
  sys_chroot: 18,
  sys_ptrace: 19,
  sys_admin: 21,
  mknod: 27,
} as const;

const CAP_SYS_RESOURCE = 24;

export function checkCaller(paths: StatePaths): HostCheck[] {
  const privilege = readPrivilege();
  const ids = checkIds(readAttribute('/proc/self/uid_map') ?? '');
  if (privilege.uid === 0 && ids.length > 0) return ids;
  if (!isPrivileged(privilege)) {
    const found =
      privilege.uid === 0 ? 'root without CAP_SYS_ADMIN' : `user ${privilege.uid}, not root`;
    const advice = 'run it as root: only then can containers be started, and leftovers be seen';
    return [warn('caller.privilege', found, advice)];
  }
  return [
    ok('caller.privilege', 'root with CAP_SYS_ADMIN'),
    ...checkInheritance(privilege, readAttribute('/proc/self/status') ?? ''),
    ...checkNamespaces(),
    ...checkState(paths, isApart('mnt') ? 'own' : "the host's"),
    ...checkDevices(),
  ];
}

/** What monitors, and so `tslxc reap`, inherit. `status` is /proc/self/status. */
export function checkInheritance(privilege: Privilege, status: string): HostCheck[] {
  const id = 'caller.privilege';
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: number): boolean => (bounding & (1n << BigInt(bit))) !== 0n;
  const missing = Object.entries(neededCapabilities).filter(([, bit]) => !has(bit));
  const checks: HostCheck[] = missing.map(([name]) =>
    fail(
      id,
      `CAP_${name.toUpperCase()} is not in the bounding set`,
      'in a systemd unit: leave CapabilityBoundingSet=, PrivateDevices= and the like alone',
    ),
  );
  if (!has(CAP_SYS_RESOURCE)) {
    const found =
      'no CAP_SYS_RESOURCE: limits can’t be raised, and monitors have no OOM score of their own';
    checks.push(
      warn(
        id,
        found,
        'unless it is kept from it on purpose: in a systemd unit, CAP_SYS_RESOURCE in CapabilityBoundingSet=; in a container, what its manager offers for that',
      ),
    );
  }
  if (privilege.noNewPrivileges) {
    checks.push(
      fail(id, 'no_new_privs is set: no container could be cleaned up', 'NoNewPrivileges=no'),
    );
  }
  if (/^Seccomp:\s*2$/m.test(status)) {
    const found = 'this process has a filter of system calls, which every container would have too';
    checks.push(
      warn(id, found, 'in a systemd unit: no SystemCallFilter=, RestrictNamespaces= and the like'),
    );
  }
  return checks;
}

/** `map` is /proc/self/uid_map. */
export function checkIds(map: string): HostCheck[] {
  if (isHostsIdMap(map)) return [];
  return [
    fail(
      'caller.user-namespace',
      'this process is in a user namespace',
      'in a systemd unit: PrivateUsers=no; in a container: tslxc needs the real root',
    ),
  ];
}

/** Namespaces that are not process 1’s. */
function checkNamespaces(): HostCheck[] {
  const id = 'caller.namespaces';
  const checks: HostCheck[] = [];
  if (isApart('mnt')) {
    checks.push(
      warn(
        id,
        'this process has mounts of its own, and so have containers that it starts: their sources, and all of / ' +
          'where they have no root of their own, are what this process sees (PrivateTmp=, ProtectSystem=)',
        'start containers that need the host’s /tmp from elsewhere',
      ),
    );
  }
  if (isApart('net')) {
    const found = 'this process has a network of its own: networks and interfaces are made there';
    checks.push(warn(id, found, 'in a systemd unit: PrivateNetwork=no, if that is not meant'));
  }
  return checks.length === 0 ? [ok(id, 'those of process 1')] : checks;
}

function isApart(kind: string): boolean {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`) !== readlinkSync(`/proc/1/ns/${kind}`);
  } catch {
    return false;
  }
}

function checkDevices(): HostCheck[] {
  return ['/dev/fuse', '/dev/net/tun']
    .filter((path) => !existsSync(path))
    .map((path) =>
      warn(
        'host.devices',
        `no ${path}`,
        'modprobe its driver, if a container is to have it; in a systemd unit: PrivateDevices=no',
      ),
    );
}
