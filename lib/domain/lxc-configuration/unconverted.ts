/** Keys of LXC that a definition can't express, each with the reason, and keys that make no difference. Pure. */
import type { Entry } from './entry';
import type { Scene } from './scene';

type Reason = string | ((entry: Entry) => string | undefined);

/** Undefined if the value asks for what every container has anyway. */
const unless =
  (usual: RegExp, reason: string): Reason =>
  ({ value }) =>
    usual.test(value) ? undefined : reason;

const noHooks = 'no hook script of LXC is run';
const ofLxc = 'about the programs of LXC, which do not run here';

/** The first pattern that matches applies. */
const reasons: readonly (readonly [key: RegExp, reason: Reason])[] = [
  // lxcfs is mounted in every container when the host has it.
  [/^lxc\.hook\.(mount|post-stop)$/, unless(/\/lxcfs\/lxc\.(mount|reboot)\.hook$/, noHooks)],
  [/^lxc\.hook\.(clone|destroy)$/, 'only lxc-copy and lxc-destroy run it'],
  [/^lxc\.hook\.version$/, noHooks],
  [/^lxc\.hook\./, noHooks],
  [/^lxc\.seccomp\.profile$/, "tslxc's own filter of system calls is in its place (SECURITY.md)"],
  [/^lxc\.seccomp\./, 'there is no profile of seccomp that it could be about'],
  [/^lxc\.apparmor\./, 'a profile is generated, or one of the host (docs/labels.md)'],
  [/^lxc\.selinux\./, 'only the label of the processes can be chosen'],
  [/^lxc\.start\.auto$/, startReason],
  [/^lxc\.start\.(delay|order)$/, 'domains that are started with the host have no order'],
  [/^lxc\.group$/, 'a domain belongs to no group'],
  [/^lxc\.ephemeral$/, unless(/^0$/, 'tslxc create starts a domain that is gone when it ends')],
  [/^lxc\.signal\.reboot$/, 'init is asked to reboot by SIGTERM, or as its initctl wants it'],
  [/^lxc\.signal\.stop$/, unless(/^(SIGKILL|9)$/, 'tslxc destroy ends init by SIGKILL')],
  [/^lxc\.sysctl\./, 'no parameter of the kernel is set for a container'],
  [/^lxc\.proc\./, 'nothing is written to /proc for a container'],
  [
    /^lxc\.cgroup2?\.(memory|cpu|cpuset|blkio|io|pids|hugetlb|freezer|net_\w+|rdma|misc)\./,
    noLimit,
  ],
  [
    /^lxc\.cgroup\.(dir|relative)/,
    'the cgroup is /libvirt/lxc/NAME, or of a <partition> (docs/limits.md)',
  ],
  [/^lxc\.cgroup/, 'no such file of cgroups is written for a container'],
  [/^lxc\.autodev$/, unless(/^1$/, 'the container always has a /dev of its own')],
  [/^lxc\.autodev\.tmpfs\.size$/, "the size of /dev can't be chosen"],
  [/^lxc\.tty\.dir$/, 'consoles are in /dev/pts, and /dev/ttyN leads there'],
  [/^lxc\.kmsg$/, unless(/^0$/, 'the container has no /dev/kmsg')],
  [/^lxc\.console\.path$/, 'the console is a terminal of tslxc: tslxc console NAME'],
  [/^lxc\.console\./, 'what the console shows is kept in any case: tslxc logs NAME'],
  [/^lxc\.keyring\.session$/, unless(/^1$/, 'the container always has a keyring of its own')],
  [/^lxc\.sched\.core$/, unless(/^0$/, 'there is no scheduling by cores')],
  [/^lxc\.time\./, 'the container has the clocks of the host'],
  [/^lxc\.init\.groups$/, 'init has the further groups that its user has in the container'],
  [/^lxc\.execute\.cmd$/, 'only lxc-execute runs it'],
  [/^lxc\.rootfs\.(mount|managed)$/, ofLxc],
  [/^lxc\.pivotdir$/, ofLxc],
  [/^lxc\.environment\.hooks$/, noHooks],
  [/^lxc\.(log|monitor)\./, ofLxc],
];

function noLimit({ value }: Entry): string | undefined {
  return value === 'max' ? undefined : 'a domain has no such limit (docs/limits.md)';
}

function startReason({ value }: Entry): string | undefined {
  return value === '0' ? undefined : 'not part of a definition: tslxc autostart NAME';
}

/** Reports all entries that have not been taken. */
export function tellUnconverted({ settings, report }: Scene): void {
  for (const entry of settings.rest()) {
    const found = reasons.find(([pattern]) => pattern.test(entry.key));
    const reason = found === undefined ? 'an unknown key' : found[1];
    const words = typeof reason === 'string' ? reason : reason(entry);
    if (words !== undefined) report.tell(entry, words);
  }
}
