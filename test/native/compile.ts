/**
 * Compiles the programs of this folder with the sanitizers, once for each state of the sources: the
 * executables are kept under build/ by a hash of all that goes into them.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from '../support/run-command';
import type { CommandResult } from '../support/run-command';

const flags = [
  '-std=gnu++20',
  '-O1',
  '-g',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  '-Wall',
  '-Wextra',
  '-Wpedantic',
  '-Wconversion',
  '-Wshadow',
  '-Werror',
  '-pthread',
  '-I.',
];

const folders = ['native/base', 'native/plan', 'native/monitor', 'test/native'];
const cache = join(packageRoot, 'build', 'native-tests');

/** Every program, and the sources of native/ that it links; its own is test/native/NAME.cc. */
export const programs = {
  decode: ['native/plan/decode.cc', 'native/plan/operations.generated.cc', 'test/native/reencode.cc'],
  'decode-fuzz': [
    'native/plan/decode.cc',
    'native/plan/operations.generated.cc',
    'test/native/reencode.cc',
  ],
  frames: ['native/base/message.cc'],
  messages: [],
  'restart-pause': [],
  ring: ['native/monitor/ring.cc'],
  console: [
    'native/monitor/console.cc',
    'native/monitor/ring.cc',
    'native/base/pty.cc',
    'native/base/path.cc',
  ],
  path: ['native/base/path.cc'],
  'exec-failure': ['native/monitor/exec-failure.cc'],
  credentials: ['native/base/process-attribute.cc', 'native/base/file.cc', 'native/base/path.cc'],
  overflow: [],
  seccomp: [],
} as const;

export type Program = keyof typeof programs;

function hash(): string {
  const sum = createHash('sha256').update(flags.join(' ')).update(JSON.stringify(programs));
  for (const folder of folders) {
    for (const name of readdirSync(join(packageRoot, folder)).sort()) {
      if (/\.(h|cc)$/.test(name)) {
        sum.update(name).update(readFileSync(join(packageRoot, folder, name)));
      }
    }
  }
  return sum.digest('hex').slice(0, 16);
}

/** The executable of a program; throws what the compiler says when there is none. */
async function compile(folder: string, name: Program): Promise<string> {
  const executable = join(folder, name);
  if (existsSync(executable)) return executable;
  const draft = `${executable}.${process.pid}`;
  const sources = [`test/native/${name}.cc`, ...programs[name]];
  const argv = ['g++', ...flags, ...sources, '-o', draft];
  const { code, stderr } = await runProgram(argv, { cwd: packageRoot, timeout: 300_000 });
  if (code !== 0) throw new Error(`${name} does not compile\n${stderr}`);
  renameSync(draft, executable);
  return executable;
}

function folderOfSources(): string {
  const folder = join(cache, hash());
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The executable of one of them. */
export function compileOne(name: Program): Promise<string> {
  return compile(folderOfSources(), name);
}

/** Compiles all of them, two at a time, and forgets those of other sources. */
export async function compileAll(): Promise<ReadonlyMap<Program, string>> {
  const folder = folderOfSources();
  for (const other of readdirSync(cache)) {
    if (join(cache, other) !== folder) rmSync(join(cache, other), { recursive: true });
  }
  const waiting = Object.keys(programs) as Program[];
  const compiled = new Map<Program, string>();
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      compiled.set(name, await compile(folder, name));
    }
  };
  await Promise.all([worker(), worker()]);
  return compiled;
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
