/**
 * The package without one of its defences, for the positive controls of security tests: the product's own
 * sources with a few words changed, built into a scratch folder. A control uses it as an attacker's dream, on
 * canaries of its own alone. An edit that finds nothing to change is an error: such a control would be none.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { connect } from 'tslxc';
import { packageRoot, runProgram } from '../process/run-command';

/** In `file`, once: `safe` becomes `unsafe`. */
interface Edit {
  readonly file: string;
  readonly safe: string;
  readonly unsafe: string;
}

const closeAfterStageZero = 'syscall(SYS_close_range, past, ~0U, 0);';
const closeInInit =
  'check(syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");';

const takeOffTheRest = `  while (umount2(".", kMntDetach) == 0) {
  }
  if (errno != EINVAL) check(-1, "umount2", "old root");
`;

function missingIfFailed(call: string): string {
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
      safe: 'if (await isOutOfReach(folder, what, looks))\n        return;',
      unsafe: 'if (folder !== undefined) return;',
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
} as const satisfies Readonly<Record<string, readonly Edit[]>>;

export type Weakness = keyof typeof variants;

/** As the monitor's target in binding.gyp has them. */
const compilerFlags = ['-std=gnu++20', '-O2', '-Wall', '-ffunction-sections', '-fno-pie', '-I.'];
const linkerFlags = ['-static', '-no-pie', '-Wl,--gc-sections', '-s'];
/** The objects of each folder's sources. */
const objects = {
  'native/base': 'tslxc-shared',
  'native/plan': 'tslxc-shared',
  'native/monitor': 'tslxc-monitor',
} as const;
const cache = join(packageRoot, 'build/unsafe');

export class UnsafePackage implements Disposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Builds it; a monitor is compiled once for each state of the sources. */
  static async make(weakness: Weakness): Promise<UnsafePackage> {
    const monitor = await buildMonitor(weakness);
    const folder = mkdtempSync('/var/tmp/tslxc-unsafe-');
    const made = new UnsafePackage(folder);
    const release = join(folder, 'build/Release');
    mkdirSync(release, { recursive: true });
    copyFileSync(monitor, join(release, 'tslxc-monitor'));
    symlinkSync(join(packageRoot, 'build/Release/tslxc.node'), join(release, 'tslxc.node'));
    for (const name of ['node_modules', 'native'])
      symlinkSync(join(packageRoot, name), join(folder, name));
    copyFileSync(join(packageRoot, 'package.json'), join(folder, 'package.json'));
    cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
    for (const file of new Set(editsOf(weakness, 'dist/').map((edit) => edit.file))) {
      writeFileSync(join(folder, file), edited(weakness, file));
    }
    return made;
  }

  get monitorPath(): string {
    return join(this.folder, 'build/Release/tslxc-monitor');
  }

  /** Its `connect`, in this process. */
  async connect(): Promise<typeof connect> {
    const library = (await import(join(this.folder, 'dist/index.js'))) as {
      connect: typeof connect;
    };
    return library.connect;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

function editsOf(weakness: Weakness, folder: string): readonly Edit[] {
  return variants[weakness].filter(({ file }) => file.startsWith(folder));
}

/** The text of a file after its edits. */
function edited(weakness: Weakness, file: string): string {
  let text = readFileSync(join(packageRoot, file), 'utf8');
  for (const { safe, unsafe } of editsOf(weakness, file)) {
    const parts = text.split(safe);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} of: ${safe}`);
    text = parts.join(unsafe);
  }
  return text;
}

/** Compiles the sources that are changed, and links them with the objects of the others. */
async function buildMonitor(weakness: Weakness): Promise<string> {
  const product = join(packageRoot, 'build/Release/tslxc-monitor');
  const files = [...new Set(editsOf(weakness, 'native/').map(({ file }) => file))];
  if (files.length === 0) return product;
  const sum = createHash('sha256').update(readFileSync(product));
  for (const file of files) sum.update(edited(weakness, file));
  const executable = join(cache, sum.digest('hex').slice(0, 16));
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'build-'));
  try {
    const changed = await Promise.all(
      files.map(async (file) => {
        const source = join(scratch, basename(file));
        writeFileSync(source, edited(weakness, file));
        await compile([...compilerFlags, '-c', source, '-o', `${source}.o`]);
        return `${source}.o`;
      }),
    );
    const draft = join(scratch, 'monitor');
    await compile([...linkerFlags, ...changed, ...otherObjects(files), '-o', draft]);
    renameSync(draft, executable);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return executable;
}

async function compile(words: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(['g++', ...words], {
    cwd: packageRoot,
    timeout: 120_000,
  });
  if (code !== 0) throw new Error(`the unsafe monitor does not compile\n${stderr}`);
}

/** Objects that the product's build left, of the sources that are there. */
function otherObjects(changed: readonly string[]): string[] {
  return Object.entries(objects).flatMap(([folder, target]) => {
    const made = join(packageRoot, 'build/Release/obj.target', target, folder);
    return readdirSync(join(packageRoot, folder))
      .filter((name) => name.endsWith('.cc') && !changed.includes(join(folder, name)))
      .map((name) => join(made, name.replace(/cc$/, 'o')))
      .filter((path) => existsSync(path));
  });
}
