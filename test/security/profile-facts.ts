/** What one container's init is and has, as the host's /proc shows it: `key TAB value` lines that are alike on every host. */
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

const statusFields =
  'Uid Gid Groups Umask CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Threads'.split(' ');

/** Files that a kernel may lack, and what depends on the host's hardware and cgroups. */
const hostSpecific = new RegExp(
  '^/proc/(latency_stats|sched_debug|mtrr|slabinfo|kpage\\w+|acpi|asound|scsi|timer_stats|fs|bus)(/|$)|' +
    '^/sys/(fs/cgroup|devices|firmware|kernel|hypervisor)(/|$)',
);

export function factsOf(pid: number): string[] {
  return [
    ...status(pid),
    `oom_score_adj\t${read(pid, 'oom_score_adj').trim()}`,
    ...namespaces(pid),
    ...environment(pid),
    ...devices(pid),
    ...mounts(pid),
  ].sort();
}

function read(pid: number | 'self', file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'latin1');
}

function status(pid: number): string[] {
  const text = read(pid, 'status');
  return statusFields.map((field) => {
    const value = new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(text)?.[1] ?? '';
    const shown = field.startsWith('Cap') ? withoutResource(value) : value;
    return `status.${field}\t${shown.trim().replace(/\s+/g, ' ')}`;
  });
}

/** CAP_SYS_RESOURCE is one that hosts in virtual machines may lack themselves. */
function withoutResource(mask: string): string {
  return (BigInt(`0x${mask}`) & ~(1n << 24n)).toString(16);
}

function namespaces(pid: number): string[] {
  const inode = (process: number | 'self', kind: string): string =>
    readlinkSync(`/proc/${process}/ns/${kind}`);
  return readdirSync(`/proc/${pid}/ns`)
    .filter((kind) => !kind.endsWith('_for_children'))
    .map(
      (kind) => `namespace.${kind}\t${inode(pid, kind) === inode('self', kind) ? 'host' : 'own'}`,
    );
}

function environment(pid: number): string[] {
  return read(pid, 'environ')
    .split('\0')
    .filter((one) => one !== '' && !/uuid=/i.test(one))
    .map((one) => `environment.${one.replace('=', '\t')}`);
}

function devices(pid: number): string[] {
  const folder = `/proc/${pid}/root/dev`;
  return readdirSync(folder).map((name) => {
    const state = lstatSync(`${folder}/${name}`);
    const link = state.isSymbolicLink() ? ` -> ${readlinkSync(`${folder}/${name}`)}` : '';
    const device = `${state.rdev >> 8}:${state.rdev & 0xff}`;
    return `dev.${name}\t${state.mode.toString(8)} ${state.uid}:${state.gid} ${device}${link}`;
  });
}

/** Target → type, options, propagation. */
function mounts(pid: number): string[] {
  const lines = read(pid, 'mountinfo').trim().split('\n');
  return lines.flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , , target = '', options = '', ...propagation] = left.split(' ');
    if (target === '/' || target === '/probe' || hostSpecific.test(target)) return [];
    return [`mount.${target}\t${[right.split(' ')[0], options, ...propagation].join(' ')}`];
  });
}
