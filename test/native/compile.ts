/**
 * Compiles the programs of this folder with the sanitizers. Each source is compiled once for all programs, and nothing is
 * compiled or linked again while all that goes into it stays: objects and executables are kept below build/ by a hash of that.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { packageRoot, runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const fuzzers = require(join(packageRoot, 'scripts/fuzz/targets.js')) as {
  readonly native: Readonly<Record<string, unknown>>;
  readonly replaySources: readonly string[];
  readonly replayOptions: readonly string[];
};

/** Programs that alone are asked for, by `npm run mutate`: `TSLXC_TEST_PROGRAMS=ring,path`. */
const asked = process.env['TSLXC_TEST_PROGRAMS']?.split(',');

/** Not optimized: that takes twice as long as it saves, and may optimize away what a sanitizer would find. */
const flags = [
  '-std=gnu++20',
  '-O0',
  '-g1',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  '-Wall',
  '-Wextra',
  '-Wpedantic',
  '-Wconversion',
  '-Wshadow',
  // A mutant may leave something unused.
  ...(asked === undefined ? ['-Werror'] : []),
  '-pthread',
  '-I.',
];

const kept = join(packageRoot, 'build', 'native-tests');
/** What no test has used for so long is of sources that are gone. */
const keptDays = 14;

const decoder = ['native/plan/decode.cc', 'native/plan/operations.generated.cc'] as const;
const reencoder = ['test/native/reencode.cc', 'test/native/reencode-network.cc'] as const;

/** Every program, and the sources of native/ that it links; its own is test/native/NAME.cc. */
export const programs = {
  decode: [...decoder, ...reencoder],
  'decode-fuzz': [...decoder, ...reencoder],
  frames: ['native/base/message.cc'],
  messages: [],
  'restart-pause': [],
  'utc-time': [],
  'line-times': ['native/monitor/line-times.cc'],
  ring: ['native/monitor/ring.cc'],
  console: [
    'native/monitor/console.cc',
    'native/monitor/ring.cc',
    'native/base/pty.cc',
    'native/base/path.cc',
  ],
  control: [
    'native/monitor/control.cc',
    'native/monitor/event-loop.cc',
    'native/monitor/console.cc',
    'native/monitor/ring.cc',
    'native/base/message.cc',
    'native/base/pty.cc',
    'native/base/path.cc',
  ],
  path: ['native/base/path.cc'],
  'exec-failure': ['native/monitor/exec-failure.cc'],
  credentials: [
    'native/base/process-attribute.cc',
    'native/base/process-id.cc',
    'native/base/path.cc',
  ],
  'tree-copy': [
    'native/base/tree-copy.cc',
    'native/base/tree-removal.cc',
    'native/base/tree-walk.cc',
    'native/base/descent.cc',
    'native/base/file.cc',
    'native/base/first-names.cc',
    'native/base/path.cc',
    'native/base/xattr.cc',
  ],
  'tree-walk': ['native/base/tree-walk.cc', 'native/base/file.cc', 'native/base/path.cc'],
  unknown: [
    'native/base/file.cc',
    'native/base/lock.cc',
    'native/base/message.cc',
    'native/base/mount.cc',
    'native/base/netlink.cc',
    'native/base/netlink-message.cc',
    'native/base/oom-kills.cc',
    'native/base/path.cc',
    'native/base/process-id.cc',
    'native/base/process.cc',
    'native/base/pty.cc',
    'native/base/signals.cc',
    'native/base/thread.cc',
    'native/monitor/console-log.cc',
    'native/monitor/exec-failure.cc',
    'native/monitor/line-times.cc',
    'native/monitor/process-tree.cc',
    'native/monitor/reap.cc',
    'native/monitor/reaper-turn.cc',
    'native/monitor/ring.cc',
    'native/monitor/stop-signals.cc',
    'native/monitor/terminal-pump.cc',
    'native/plan/operations.generated.cc',
  ],
  overflow: [],
  seccomp: [],
  'fuzz-replay': fuzzers.replaySources,
} as const;

/** What the linker is told besides. */
const linkOptions: { readonly [Name in Program]?: readonly string[] } = {
  'fuzz-replay': fuzzers.replayOptions,
};

/** The fuzzers that `fuzz-replay` has. */
export const nativeFuzzers: readonly string[] = Object.keys(fuzzers.native);

export type Program = keyof typeof programs;

/** Whether its tests are to be run. */
export const isAsked = (name: Program): boolean => asked?.includes(name) ?? true;

/** ccache, where it is there, knows the sources of other clones too. */
const compiler = hasCcache() ? ['ccache', 'g++'] : ['g++'];
let version: Promise<string> | undefined;

function hasCcache(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'ccache'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function compilerVersion(): Promise<string> {
  version ??= runProgram(['g++', '--version']).then(({ stdout }) => stdout);
  return version;
}

/** A source and the headers of the project that it includes, directly or not. */
function includedBy(source: string): ReadonlySet<string> {
  const found = new Set([source]);
  for (const file of found) {
    const text = readFileSync(join(packageRoot, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/^#include "(.+)"$/gm)) found.add(name);
  }
  return found;
}

function hash(parts: readonly (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${part.length}\0`).update(part);
  return sum.digest('hex').slice(0, 24);
}

/** Makes a file of that name unless it is kept, by a command that writes to the path that it is given. */
async function make(name: string, command: (output: string) => readonly string[]): Promise<string> {
  const path = join(kept, name);
  const now = Date.now() / 1000;
  if (existsSync(path)) {
    utimesSync(path, now, now);
    return path;
  }
  mkdirSync(kept, { recursive: true });
  const draft = `${path}.${process.pid}`;
  const argv = command(draft);
  const { code, stderr } = await runProgram(argv, {
    cwd: packageRoot,
    timeout: 300_000,
    env: { CCACHE_NOHASHDIR: '1' },
  });
  if (code !== 0) throw new Error(`${argv.join(' ')} failed\n${stderr}`);
  renameSync(draft, path);
  return path;
}

async function compileSource(source: string): Promise<string> {
  const parts = [...includedBy(source)].sort().flatMap((file) => {
    return [file, readFileSync(join(packageRoot, file))];
  });
  const name = `${hash([await compilerVersion(), flags.join(' '), ...parts])}.o`;
  return make(name, (output) => [...compiler, ...flags, '-c', source, '-o', output]);
}

const sources = (name: Program): string[] => [`test/native/${name}.cc`, ...programs[name]];

async function link(name: Program, objects: readonly string[]): Promise<string> {
  const options = [...flags, ...(linkOptions[name] ?? [])];
  const executable = `${name}-${hash([options.join(' '), ...objects])}`;
  return make(executable, (output) => ['g++', ...options, ...objects, '-o', output]);
}

/** Removes what is of other sources, and has not been used for long. */
function forgetOld(): void {
  for (const name of readdirSync(kept)) {
    const path = join(kept, name);
    const days = (Date.now() - statSync(path).mtimeMs) / 86_400_000;
    if (days > keptDays) rmSync(path, { recursive: true });
  }
}

/** Calls `work` for each item, for as many at once as there are processors. */
async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function compileSome(names: readonly Program[]): Promise<ReadonlyMap<Program, string>> {
  const objects = new Map<string, string>();
  await atOnce([...new Set(names.flatMap(sources))], async (source) => {
    objects.set(source, await compileSource(source));
  });
  const executables = new Map<Program, string>();
  await atOnce(names, async (name) => {
    const own = sources(name).map((source) => objects.get(source) ?? source);
    executables.set(name, await link(name, own));
  });
  return executables;
}

/** The executable of one of them; throws what the compiler says when there is none. */
export async function compileOne(name: Program): Promise<string> {
  return (await compileSome([name])).get(name) ?? '';
}

/** Compiles all of them, or those that are asked for. */
export async function compileAll(): Promise<ReadonlyMap<Program, string>> {
  const executables = await compileSome((Object.keys(programs) as Program[]).filter(isAsked));
  forgetOld();
  return executables;
}

/** Runs one in `folder`; what a sanitizer finds is on stderr, and no success. */
export function runSanitized(argv: readonly string[], folder: string): Promise<CommandResult> {
  return runProgram(argv, {
    cwd: folder,
    timeout: 100_000,
    env: {
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0:allocator_may_return_null=0',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    },
  });
}
