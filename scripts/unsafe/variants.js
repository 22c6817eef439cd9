// The package without one of its defences each, for the positive controls of security tests: a few words of the sources are changed.
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('../steps');

const closeAfterStageZero = 'syscall(SYS_close_range, past, ~0U, 0);';
const closeInInit =
  'check(syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");';

const takeOffTheRest = `  while (umount2(".", kMntDetach) == 0) {
  }
  if (errno != EINVAL) check(-1, "umount2", "old root");
`;

function missingIfFailed(call) {
  return `(() => { try { return ${call}; } catch { return { kind: 'missing' }; } })()`;
}

/** What each of these packages lacks. Files of native/ are the monitor's, those of dist/ the library's. */
const variants = {
  /** Paths in a container's root are resolved as on the host: links lead out. */
  'naive paths': [
    {
      file: 'native/base/path.cc',
      safe: 'how.resolve = resolve;',
      unsafe: `const std::string relative = "./" + path;
  if (resolve != kInRoot) how.resolve = resolve;`,
    },
    {
      file: 'native/base/path.cc',
      safe: 'root, path.c_str(), &how',
      unsafe: 'root, relative.c_str(), &how',
    },
  ],
  /** A device gets its node in whatever is mounted on the container's /dev. */
  'nodes anywhere': [
    {
      file: 'native/base/device-node.cc',
      safe: 'if (kind.f_type != TMPFS_MAGIC || foreign.contains(device)) {',
      unsafe: 'if (kind.f_type == 0 && foreign.contains(device)) {',
    },
  ],
  /** Descriptors that the caller had open are not closed. */
  'inherited descriptors': [
    { file: 'native/monitor/stage-zero.cc', safe: closeAfterStageZero, unsafe: '' },
    { file: 'native/monitor/init.cc', safe: closeInInit, unsafe: '' },
    { file: 'native/monitor/init.cc', safe: '    closeOthers(context);\n', unsafe: '' },
    {
      file: 'native/monitor/init.cc',
      safe: 'void closeOthers(',
      unsafe: '[[maybe_unused]] void closeOthers(',
    },
  ],
  /** What joins a container can be traced by who has its ids. */
  'dumpable command': [
    {
      file: 'native/monitor/joiner.cc',
      safe: 'prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)',
      unsafe: 'prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)',
    },
  ],
  /** What joins a container closes nothing of its attendant's before. */
  'leaky command': [
    {
      file: 'native/monitor/joiner.cc',
      safe: 'check(syscall(SYS_close_range, kOrders + 1, ~0U, 0), "close_range");',
      unsafe: '',
    },
  ],
  /** The attendant makes the socket itself that is given into the container. */
  'named attendant': [
    {
      file: 'native/monitor/anonymous-pair.cc',
      safe: '  makeInAnother(pair);\n',
      unsafe: '  if (make(pair); pair.error != 0) makeInAnother(pair);\n',
    },
  ],
  /** It also sends its orders by that socket. */
  'speaking attendant': [
    {
      file: 'native/monitor/attendant.cc',
      safe: 'writeFrame(orders_.get(), message);',
      unsafe: 'sendMessage(inside_.get(), message);\n  writeFrame(orders_.get(), message);',
    },
  ],
  /** The monitor runs from the file on the disk. */
  'plain executable': [
    {
      file: 'dist/host/executable.js',
      safe: 'opened ??= openMonitor()',
      unsafe:
        'opened ??= (0, node_fs_1.openSync)(package_paths_1.monitorPath, open_flags_1.O_PATH)',
    },
  ],
  /** The container keeps the cgroup namespace of the host. */
  'host cgroup namespace': [
    {
      file: 'dist/plan/compile.js',
      safe: "{ op: 'unshare', namespaces: constants_1.namespaceFlags.cgroup }",
      unsafe: "{ op: 'unshare', namespaces: 0 }",
    },
  ],
  /** The container is left in the roots of hierarchies that are mounted nowhere. */
  'mounted hierarchies alone': [
    {
      file: 'dist/host/kernel/unmounted-hierarchies.js',
      safe: 'return [...living].filter((name) => !known.has(name));',
      unsafe: 'return [];',
    },
  ],
  /** Mounts stay peers of the caller's. */
  'shared mounts': [
    { file: 'dist/plan/compile.js', safe: "{ op: 'makeNamespacePrivate' },", unsafe: '' },
  ],
  /** Costs what it need not: mounts are made private twice. */
  'one more mount': [
    {
      file: 'dist/plan/compile.js',
      safe: "{ op: 'makeNamespacePrivate' },",
      unsafe: "{ op: 'makeNamespacePrivate' }, { op: 'makeNamespacePrivate' },",
    },
  ],
  /** The monitor looks after its container every tenth of a second. */
  'busy monitor': [
    {
      file: 'native/monitor/event-loop.cc',
      safe: 'static_cast<int>(events.size()), milliseconds);',
      unsafe: 'static_cast<int>(events.size()), milliseconds < 0 ? 100 : milliseconds);',
    },
  ],
  /** A record's temporary file may be there already, and may be a link. */
  'followed links': [
    {
      file: 'dist/host/state/record-file.js',
      safe: '() => (0, native_1.native)().replaceRecord(path, text)',
      unsafe:
        '() => {\n' +
        '        const { writeFileSync, renameSync } = require("node:fs");\n' +
        '        writeFileSync(`${path}.new`, text);\n' +
        '        renameSync(`${path}.new`, path);\n' +
        '        return true;\n' +
        '    }',
    },
  ],
  /** A lock of a monitor that can't be looked at is taken for that of a dead one. */
  'unknown is dead': [
    {
      file: 'dist/container/record/run-state.js',
      safe: '(0, plain_file_1.lookAtLock)(lockFile, 0)',
      unsafe: missingIfFailed('(0, plain_file_1.lookAtLock)(lockFile, 0)'),
    },
    {
      file: 'dist/container/record/run-state.js',
      safe: '(0, plain_file_1.readPlain)(lockFile)',
      unsafe: missingIfFailed('(0, plain_file_1.readPlain)(lockFile)'),
    },
  ],
  /** Covers are stacked on the old root, which then stays below the new one. */
  'stacked root': [
    {
      file: 'native/base/mount.cc',
      safe: 'AT_FDCWD, "/sys", MOVE_MOUNT_F_EMPTY_PATH',
      unsafe: 'AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH',
    },
    { file: 'native/base/pivot.cc', safe: takeOffTheRest, unsafe: '' },
  ],
  /** Copies of what a container with own ids has written may lie where every user of the host can reach them. */
  'public copies': [
    {
      file: 'dist/container/sources/private-root.js',
      safe: 'if (way === undefined)\n        return;',
      unsafe: 'if (tree !== undefined) return;',
    },
  ],
  /** What others could reach is looked for by its own path alone. */
  'one path': [
    {
      file: 'dist/container/sources/private-root.js',
      safe: 'new Set([tree, ...own, ...inside])',
      unsafe: '[tree]',
    },
  ],
  /** The owner of a root is believed, although root inside can have changed it. */
  'believed owner': [
    {
      file: 'dist/container/sources/private-root.js',
      safe: 'owner >= start && owner < start + count',
      unsafe: 'owner < start && owner >= start + count',
    },
  ],
};

/** The changes below this folder. */
function editsOf(weakness, folder) {
  return variants[weakness].filter(({ file }) => file.startsWith(folder));
}

/** The text of a file after its edits. One that finds nothing to change is an error: such a control would be none. */
function edited(weakness, file) {
  let text = readFileSync(join(packageRoot, file), 'utf8');
  for (const { safe, unsafe } of editsOf(weakness, file)) {
    const parts = text.split(safe);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} of: ${safe}`);
    text = parts.join(unsafe);
  }
  return text;
}

module.exports = { edited, editsOf, variants };
