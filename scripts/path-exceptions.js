// Where code may use what check-paths.js forbids, and why. An entry that nothing needs is a fault.
'use strict';

const viaEntry =
  'the parent is from entryInRoot, the name is one component, and neither is followed';
const ownRunFolder = 'a name of ours in the run folder of the domain, by its descriptor';
const ofKeptFolder = 'a name of ours in the run folder of what is kept, by its descriptor';
const ofCgroupfs =
  'a path in a cgroup file system, which has no symbolic links and is root’s alone';
const ofKernel = 'a path below /proc or /sys/kernel, from a number or a name of ours';
const insideNow = 'after pivot_root: the container’s root is this process’s own';

/** Of native/: the file, the calls, the first argument where only that one is meant, the reason. */
const nativeExceptions = [
  { file: 'native/base/path.cc', uses: ['SYS_openat2'], reason: 'this is the one module' },
  {
    file: 'native/base/path.cc',
    uses: ['mkdirat', 'openat'],
    argument: 'parent',
    reason: viaEntry,
  },
  {
    file: 'native/base/mount.cc',
    uses: ['SYS_fsopen', 'SYS_open_tree', 'SYS_mount_setattr', 'SYS_move_mount'],
    reason: 'the one source of mounts, by descriptor',
  },
  { file: 'native/base/mount.cc', uses: ['statx'], reason: 'no path: AT_EMPTY_PATH' },
  {
    file: 'native/base/mount.cc',
    uses: ['umount2'],
    argument: 'name.c_str()',
    reason: 'the number of a descriptor, in the folder of the own ones in the host’s /proc',
  },
  {
    file: 'native/base/device-node.cc',
    uses: ['mkdirat', 'mknodat', 'unlinkat', 'fchownat'],
    reason:
      'one component in a folder that openInFilesystem has found in the container’s own tmpfs; no path: AT_EMPTY_PATH',
  },
  { file: 'native/base/pivot.cc', uses: ['SYS_pivot_root'], reason: 'the one source of it' },
  { file: 'native/base/pivot.cc', uses: ['umount2'], argument: '"."', reason: '"." after fchdir' },
  { file: 'native/base/clone.cc', uses: ['SYS_clone3'], reason: 'the one source of processes' },

  {
    file: 'native/monitor/looker.cc',
    uses: ['open', 'stat', 'realpath'],
    reason:
      'what a definition names of the host: the host’s own paths, only read; what is in a root, by openInRoot',
  },
  {
    file: 'native/base/glance.cc',
    uses: ['SYS_openat2'],
    reason:
      'as the looker, and only what is in the kernel’s caches; what is in a root, with RESOLVE_IN_ROOT',
  },
  { file: 'native/base/glance.cc', uses: ['statx'], reason: 'no path: AT_EMPTY_PATH' },
  { file: 'native/base/glance.cc', uses: ['readlink'], reason: ofKernel },
  { file: 'native/plan/interpret.cc', uses: ['mknodat', 'mkdirat'], reason: viaEntry },
  { file: 'native/plan/interpret.cc', uses: ['fchmodat'], reason: `${viaEntry}; it was just made` },
  {
    file: 'native/plan/interpret.cc',
    uses: ['symlinkat'],
    argument: 'op.target.c_str()',
    reason: `${viaEntry}; the target is text`,
  },
  { file: 'native/plan/interpret.cc', uses: ['fchownat'], reason: viaEntry },
  ...[
    ['interpret.cc', 'op.tree'],
    ['interpret.cc', 'op.device'],
    ['interpret.cc', 'op.place'],
    ['interpret-live.cc', 'op.place'],
    ['interpret-process.cc', 'op.file'],
  ].map(([name, argument]) => ({
    file: `native/plan/${name}`,
    uses: ['open'],
    argument,
    reason: 'the member function that keeps a handle',
  })),
  {
    file: 'native/plan/interpret-process.cc',
    uses: ['open'],
    argument: 'op.path.c_str()',
    reason:
      'of the outside part: a file of a v1 cgroup or a namespace, in the host’s mount namespace',
  },
  {
    file: 'native/plan/interpret-process.cc',
    uses: ['chdir'],
    argument: 'op.path.c_str()',
    reason: insideNow,
  },

  {
    file: 'native/monitor/exec-failure.cc',
    uses: ['statx', 'stat', 'statvfs', 'open'],
    reason: `${insideNow}; looks at the program that execve(2) has refused, with init’s own rights`,
  },
  {
    file: 'native/monitor/beginning.cc',
    uses: ['open'],
    argument: 'path.c_str()',
    reason: ofCgroupfs,
  },
  {
    file: 'native/monitor/main.cc',
    uses: ['open'],
    argument: 'header.runDirectory.c_str()',
    reason: 'the run folder of the domain, root’s alone',
  },
  {
    file: 'native/monitor/main.cc',
    uses: ['open'],
    argument: 'header.logDirectory.c_str()',
    reason: 'the folder of logs, root’s alone, before the container exists',
  },
  {
    file: 'native/monitor/console-log.cc',
    uses: ['openat', 'renameat'],
    reason: 'a fixed name in the folder of logs, whose last component is no link',
  },
  {
    file: 'native/monitor/restart.cc',
    uses: ['open'],
    argument: 'plan.header.runDirectory.c_str()',
    reason: 'the run folder of the domain, root’s alone',
  },
  {
    file: 'native/monitor/records.cc',
    uses: ['openat', 'renameat', 'unlinkat'],
    reason: ownRunFolder,
  },
  { file: 'native/monitor/held-lock.cc', uses: ['openat'], reason: ownRunFolder },
  {
    file: 'native/monitor/fitter.cc',
    uses: ['open'],
    argument: 'header.runDirectory.c_str()',
    reason: 'the run folder of the domain, root’s alone',
  },
  {
    file: 'native/monitor/fitter.cc',
    uses: ['open'],
    argument: 'kDescriptors',
    reason: `${ofKernel}, in the host’s mount namespace`,
  },
  { file: 'native/monitor/start.cc', uses: ['open'], argument: 'path.c_str()', reason: ofCgroupfs },
  {
    file: 'native/monitor/attendant.cc',
    uses: ['open'],
    argument: 'path.c_str()',
    reason: ofCgroupfs,
  },
  { file: 'native/monitor/process-tree.cc', uses: ['openat'], argument: 'proc', reason: ofKernel },
  { file: 'native/monitor/keeper.cc', uses: ['openat'], reason: ofKeptFolder },
  {
    file: 'native/monitor/kept-program.cc',
    uses: ['openat', 'unlinkat', 'renameat'],
    reason: ofKeptFolder,
  },
  {
    file: 'native/monitor/reap.cc',
    uses: ['open'],
    argument: 'header.reapProgram.c_str()',
    reason: 'our own program on the host, opened before the container runs',
  },

  { file: 'native/base/cgroup.cc', uses: ['mkdir', 'setxattr', 'chown'], reason: ofCgroupfs },
  {
    file: 'native/base/cgroup-removal.cc',
    uses: ['rmdir', 'unlinkat', 'getxattr'],
    reason: ofCgroupfs,
  },
  {
    file: 'native/base/cgroup-walk.cc',
    uses: ['open', 'openat'],
    reason: `${ofCgroupfs}; below it one name at a time, and never a link`,
  },
  {
    file: 'native/base/loop.cc',
    uses: ['open'],
    reason: 'an image file that the document names, and its device: the host’s own paths',
  },
  { file: 'native/base/link-parameter.cc', uses: ['open'], reason: ofKernel },
  { file: 'native/base/namespaces.cc', uses: ['open'], reason: ofKernel },
  { file: 'native/base/process-id.cc', uses: ['readlink', 'open'], reason: ofKernel },
  { file: 'native/base/device-program.cc', uses: ['open'], reason: ofCgroupfs },
  {
    file: 'native/base/file.cc',
    uses: ['openat', 'access'],
    reason: `the one reader and writer of the kernel’s small files: ${ofCgroupfs}, or ${ofKernel}`,
  },
  {
    file: 'native/base/survey.cc',
    uses: ['open', 'openat', 'fstatat'],
    reason: `names of ours in run folders and that of the stored definitions; ${ofCgroupfs}, or ${ofKernel}`,
  },
  {
    file: 'native/base/record-file.cc',
    uses: ['open', 'openat', 'unlink', 'unlinkat', 'rename', 'renameat'],
    reason: 'our records, locks and logs, in folders that are root’s alone',
  },
  { file: 'native/base/label.cc', uses: ['open', 'access'], reason: ofKernel },
  { file: 'native/base/process-attribute.cc', uses: ['open'], argument: 'kProc', reason: ofKernel },
  {
    file: 'native/base/fifo.cc',
    uses: ['mkfifoat', 'openat', 'unlinkat'],
    argument: 'folder',
    reason: 'the tmpfs is just made, and nobody else has it',
  },
  {
    file: 'native/base/xattr.cc',
    uses: ['getxattr', 'setxattr', 'removexattr'],
    argument: 'link.c_str()',
    reason: 'the link in /proc of a descriptor that is O_PATH',
  },
  {
    file: 'native/base/sealed-copy.cc',
    uses: ['open'],
    reason: 'the monitor’s executable, in the package',
  },
];

/** The files of lib/ that may import node:fs, with what they touch. None resolves a path below a root. */
const fileUsers = {
  'lib/cli/commands/host/plan.ts': 'whether a word of the command line is a file',
  'lib/cli/commands/domain/attach-disk.ts': 'what a source that the user names is; only looked at',
  'lib/cli/options/definition-file.ts': 'the XML file or stdin that the user names',
  'lib/cli/terminal/editor.ts': 'the file that its user edits',
  'lib/cli/terminal/handshake-report.ts': 'a descriptor of the caller',
  'lib/cli/main.ts': 'two files of the package itself',
  'lib/cli/output/output.ts': 'stdout and stderr',
  'lib/cli/terminal/terminal.ts': 'a descriptor of its own',
  'lib/container/console/console-log.ts':
    'a fixed name in the folder of logs, never through a link',
  'lib/container/statistics/read.ts': 'cgroups',
  'lib/container/statistics/snapshots.ts': '/sys',
  'lib/container/record/cleanup.ts': 'the run folder',
  'lib/container/record/end-record.ts': 'the run folder',
  'lib/container/exec/command-streams.ts': 'descriptors',
  'lib/container/exec/exec.ts': 'cgroups',
  'lib/container/looks/looks.ts': 'the kinds of files, as numbers',
  'lib/container/cgroups/directory-attribute.ts': 'cgroups',
  'lib/container/devices/fitter.ts': 'cgroups',
  'lib/container/devices/mounted-at.ts': '/proc',
  'lib/container/devices/restart-plan.ts': 'the run folder',
  'lib/container/users/id-allocation.ts':
    'our records of ids, and the list of roots that have such',
  'lib/container/init/init-control.ts': '/proc',
  'lib/container/init/initctl.ts':
    '/proc; the pipe in the root, by openInRoot, in a process of its own that may wait for ever',
  'lib/container/init/init-process.ts': '/proc',
  'lib/container/init/process-stat.ts': '/proc',
  'lib/container/init/init-state.ts': '/proc and cgroups',
  'lib/container/monitor/monitor-client.ts': 'the run folder',
  'lib/container/interfaces/retained-netns.ts': '/proc: network namespaces',
  'lib/container/interfaces/borrowed-link.ts': '/proc: network namespaces',
  'lib/container/cgroups/limit-files.ts': 'cgroups',
  'lib/container/interfaces/link-numbers.ts': 'our lock file',
  'lib/container/start/monitor-process.ts': 'cgroups',
  'lib/container/interfaces/listening-ports.ts': '/proc',
  'lib/container/sources/mount-target.ts':
    'targets on a shared root: the host’s own paths, before there is a container',
  'lib/container/interfaces/network-view.ts': '/proc',
  'lib/container/cgroups/partition.ts': 'cgroups',
  'lib/container/sources/private-root.ts': 'the folders above our own state',
  'lib/container/record/run-state.ts': 'the run folder',
  'lib/container/security/selinux/category-folder.ts': 'our folder of categories, and its lock',
  'lib/container/security/entry-label.ts': 'sources; what is in them, by openInRoot',
  'lib/container/security/relabel/label-registry.ts': 'makes the folder of our records',
  'lib/container/security/relabel/labelled-place.ts':
    'sources: the host’s own paths, only opened as such; what is in them, by descriptor',
  'lib/container/security/apparmor/profile.ts':
    'the texts of our profiles, securityfs and /proc/thread-self',
  'lib/container/start/shared-namespaces.ts': '/proc, and names of ip-netns(8)',
  'lib/container/cgroups/stale-cgroups.ts': 'the run folder of another root of ours',
  'lib/container/cgroups/unkillable.ts': 'cgroups and /proc',
  'lib/container/sources/overlay-upper.ts':
    'writable layers: a folder of the user’s, and two that no container can replace',
  'lib/driver/statistics/block.ts': '/sys',
  'lib/driver/session/access.ts': '/proc/self',
  'lib/driver/session/containers.ts': 'the run folder',
  'lib/driver/logs.ts': '/proc',
  'lib/driver/lookup/host.ts': '/sys',
  'lib/driver/lifecycle/start.ts': 'makes the folder of logs',
  'lib/driver/doctor/caller.ts': 'devices, and /proc',
  'lib/driver/doctor/cgroup-layout.ts': 'cgroups',
  'lib/driver/doctor/container-cgroups.ts': 'cgroups',
  'lib/driver/doctor/kernel.ts': '/proc, /sys and the kernel’s modules',
  'lib/driver/doctor/security.ts': 'the policy of the host',
  'lib/driver/doctor/known-state.ts': 'what all roots of ours share',
  'lib/driver/doctor/leftovers.ts': '/proc',
  'lib/driver/doctor/state-disk.ts': 'our own folders',
  'lib/driver/import/libvirt.ts': 'the definitions that libvirt has stored, only read',
  'lib/driver/import/view-host.ts':
    '/sys; names in a folder of configurations, and in one below the host’s /dev',
  'lib/driver/events/event-log.ts': 'our event log',
  'lib/driver/events/event-stream.ts': 'our event log',
  'lib/driver/purge/cgroups.ts': 'cgroups',
  'lib/driver/purge/files.ts': 'our own folders',
  'lib/host/kernel/base-cgroups.ts': 'cgroups',
  'lib/host/package-paths.ts': 'our package.json, and what the build makes',
  'lib/host/kernel/boot-id.ts': '/proc/sys',
  'lib/host/kernel/cgroup-layout.ts': '/proc/self and cgroups',
  'lib/host/state/definition-files.ts': 'the stored definitions',
  'lib/host/state/definition-rename.ts': 'the stored definitions',
  'lib/host/state/definition-store.ts': 'the stored definitions',
  'lib/host/state/durable-file.ts': 'the stored definitions',
  'lib/host/state/domain-log.ts': 'our log of what is done to a domain',
  'lib/host/executable.ts': 'the monitor’s executable, in the package',
  'lib/host/facts.ts': '/sys',
  'lib/host/kernel/id-ranges.ts': '/proc, and the databases of subordinate ids',
  'lib/host/kernel/lxcfs.ts': '/proc/self, and where lxcfs is mounted on the host',
  'lib/host/security/driver.ts': '/sys',
  'lib/host/security/lxc-contexts.ts': 'what the policy says of containers, in /etc/selinux',
  'lib/host/security/process-labels.ts': '/proc',
  'lib/host/security/selinuxfs.ts': '/sys/fs/selinux, and /etc/selinux/config',
  'lib/host/settings.ts': 'the settings of this host',
  'lib/driver/definitions/validate.ts': 'libvirt’s schema: looks whether it is there',
  'lib/host/kernel/node.ts': '/proc and /sys',
  'lib/host/kernel/mount-table.ts': '/proc/self',
  'lib/host/state/record-file.ts': 'the run folders, and our records of ids',
  'lib/host/state/real-root.ts': 'the root itself: the host’s own path',
  'lib/host/state/file-lock.ts': 'our lock files',
  'lib/host/state/named-lock.ts': 'our lock file',
  'lib/host/state/plain-file.ts': 'the run folders',
  'lib/host/kernel/sysctl.ts': '/proc/sys/net',
  'lib/host/kernel/network-namespace.ts': '/proc',
  'lib/host/privileges.ts': '/proc/self',
  'lib/host/program.ts': 'programs of the host',
  'lib/network/lifecycle/default-network.ts': 'the stored definitions',
  'lib/network/dnsmasq/dnsmasq.ts': 'the run folder of the network, and the accounts of the host',
  'lib/network/firewall/firewall.ts': '/proc/sys',
  'lib/network/bridge/forwarding.ts':
    '/proc/net and /proc/sys/net, and the host’s configuration of sysctl',
  'lib/network/bridge/host-use.ts': 'the networks that libvirt has stored',
  'lib/network/firewall/iptables.ts': '/proc/net',
  'lib/network/shaping/shaping.ts': '/sys/module',
  'lib/network/dnsmasq/keeper.ts': 'the run folder of the network, cgroups, and /proc',
  'lib/network/dnsmasq/leases.ts': 'what dnsmasq wrote',
  'lib/network/lifecycle/state.ts': 'the run folders',
  'lib/rootfs/busybox.ts': 'a root that is being made, and that no one else has written to',
  'lib/rootfs/debian.ts': 'likewise',
  'lib/rootfs/make-root.ts': 'likewise',
  'lib/rootfs/place.ts': 'where it will stand',
};

module.exports = { nativeExceptions, fileUsers };
