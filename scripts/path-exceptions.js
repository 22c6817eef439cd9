// Where code may use what check-paths.js forbids, and why. An entry that nothing needs is a fault.
'use strict';

const viaEntry =
  'the parent is from entryInRoot, the name is one component, and neither is followed';
const ownRunFolder = 'a name of ours in the run folder of the domain, by its descriptor';
const ofKeptFolder = 'a name of ours in the run folder of what is kept, by its descriptor';
const ofCgroupfs =
  'a path in a cgroup file system, which has no symbolic links and is root’s alone';
const ofKernel = 'a path below /proc or /sys/kernel, from a number or a name of ours';
const inOpenFolder = 'one component, in a directory that is open, and never followed';
const insideNow = 'after pivot_root: the container’s root is this process’s own';

/** Of native/: the file, the calls, the first argument where only that one is meant, the reason. */
const nativeExceptions = [
  { file: 'native/base/path.cc', uses: ['SYS_openat2'], reason: 'this is the one module' },
  {
    file: 'native/base/kernel-names.h',
    uses: ['SYS_openat2', 'SYS_mount_setattr'],
    reason: 'the numbers alone, where glibc has no names of them',
  },
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
    file: 'native/monitor/link-sweep.cc',
    uses: ['open'],
    argument: 'path.c_str()',
    reason: ofKernel,
  },
  {
    file: 'native/monitor/link-sweep.cc',
    uses: ['openat'],
    argument: 'processes',
    reason: ofKernel,
  },
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
  {
    file: 'native/base/tree-walk.cc',
    uses: ['open'],
    reason:
      'the number of a descriptor, in the folder of the own ones in /proc, to read what is open as O_PATH',
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
    file: 'native/monitor/main.cc',
    uses: ['open'],
    argument: 'folder.c_str()',
    reason: 'the folder of a log that the definition names, before the container exists',
  },
  {
    file: 'native/monitor/console-log.cc',
    uses: ['faccessat', 'fstatat', 'openat', 'renameat', 'unlinkat'],
    reason: inOpenFolder,
  },
  { file: 'native/monitor/line-times.cc', uses: ['openat'], reason: inOpenFolder },
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
  {
    file: 'native/monitor/asker.cc',
    uses: ['stat', 'open', 'readlink'],
    reason: `${ofKernel}; the host’s own pipes, to compare with; what is in the root, by openInRoot`,
  },
  {
    file: 'native/monitor/watcher-start.cc',
    uses: ['open'],
    reason: 'the file of the locks, in a folder that is root’s alone; /dev/null',
  },
  {
    file: 'native/monitor/process-tree.cc',
    uses: ['openat'],
    argument: 'proc.get()',
    reason: ofKernel,
  },
  { file: 'native/monitor/keeper.cc', uses: ['openat'], reason: ofKeptFolder },
  {
    file: 'native/monitor/kept-program.cc',
    uses: ['openat', 'unlinkat', 'renameat'],
    reason: ofKeptFolder,
  },
  {
    file: 'native/monitor/reap.cc',
    uses: ['open'],
    argument: 'program.c_str()',
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
    file: 'native/base/fifo.cc',
    uses: ['mknodat', 'openat'],
    argument: 'folder.get()',
    reason: 'likewise',
  },
  {
    file: 'native/base/xattr.cc',
    uses: ['getxattr', 'setxattr', 'removexattr', 'listxattr'],
    argument: 'link.c_str()',
    reason: 'the link in /proc of a descriptor that is O_PATH',
  },
  {
    file: 'native/base/tree-copy.cc',
    uses: [
      ...['openat', 'mkdirat', 'mknodat', 'symlinkat', 'fchownat', 'fchmodat', 'utimensat'],
      'readlinkat',
    ],
    reason: `${inOpenFolder}; no path: AT_EMPTY_PATH`,
  },
  {
    file: 'native/base/first-names.cc',
    uses: ['openat', 'mkdirat', 'linkat', 'renameat', 'unlinkat', 'fstatat'],
    reason: inOpenFolder,
  },
  {
    file: 'native/base/tree-removal.cc',
    uses: ['unlinkat'],
    reason: inOpenFolder,
  },
  { file: 'native/base/tree-place.cc', uses: ['renameat2'], reason: inOpenFolder },
  {
    file: 'native/base/sealed-copy.cc',
    uses: ['open'],
    reason: 'the monitor’s executable, in the package',
  },
];

module.exports = { nativeExceptions };
