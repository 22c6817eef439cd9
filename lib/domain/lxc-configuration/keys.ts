/** Translates the keys of LXC up to 2.x to their names since LXC 3. Pure. */
import type { Entry } from './entry';

const renamed: ReadonlyMap<string, string> = new Map([
  ['lxc.aa_allow_incomplete', 'lxc.apparmor.allow_incomplete'],
  ['lxc.aa_profile', 'lxc.apparmor.profile'],
  ['lxc.console', 'lxc.console.path'],
  ['lxc.devttydir', 'lxc.tty.dir'],
  ['lxc.haltsignal', 'lxc.signal.halt'],
  ['lxc.id_map', 'lxc.idmap'],
  ['lxc.init_cmd', 'lxc.init.cmd'],
  ['lxc.init_gid', 'lxc.init.gid'],
  ['lxc.init_uid', 'lxc.init.uid'],
  ['lxc.limit', 'lxc.prlimit'],
  ['lxc.logfile', 'lxc.log.file'],
  ['lxc.loglevel', 'lxc.log.level'],
  ['lxc.mount', 'lxc.mount.fstab'],
  ['lxc.network', 'lxc.net'],
  ['lxc.pts', 'lxc.pty.max'],
  ['lxc.rebootsignal', 'lxc.signal.reboot'],
  ['lxc.rootfs', 'lxc.rootfs.path'],
  ['lxc.se_context', 'lxc.selinux.context'],
  ['lxc.seccomp', 'lxc.seccomp.profile'],
  ['lxc.stopsignal', 'lxc.signal.stop'],
  ['lxc.syslog', 'lxc.log.syslog'],
  ['lxc.tty', 'lxc.tty.max'],
  ['lxc.utsname', 'lxc.uts.name'],
]);

/** Parts of legacy interface keys that were renamed. */
const renamedOfInterface: ReadonlyMap<string, string> = new Map([
  ['ipv4', 'ipv4.address'],
  ['ipv6', 'ipv6.address'],
]);

/**
 * The entries with the key names of LXC 3 and later. A legacy `lxc.network.type`, which has no number, begins an interface, to
 * which the lines after it belong.
 */
export function withCurrentKeys(entries: readonly Entry[]): Entry[] {
  let index = -1;
  return entries.map((entry) => {
    const { key, value } = entry;
    if (key === 'lxc.network' && value === '') index = -1;
    if (key === 'lxc.network.type') index += 1;
    return { ...entry, key: currentKey(key, Math.max(index, 0)) };
  });
}

function currentKey(key: string, index: number): string {
  const [, limit] = /^lxc\.limit\.(.+)$/.exec(key) ?? [];
  if (limit !== undefined) return `lxc.prlimit.${limit}`;
  const [, number = String(index), part] = /^lxc\.network\.(?:(\d+)\.)?(.+)$/.exec(key) ?? [];
  if (part !== undefined) return `lxc.net.${number}.${renamedOfInterface.get(part) ?? part}`;
  return renamed.get(key) ?? key;
}
