/** Runs the built command, in this process or in one of its own, and hands back everything that it said. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Terminal } from '../../../lib/cli/terminal/terminal';
import { patience } from '../time/eventually';
import { asOtherUser } from './other-user';
import { sinkText } from './sink-text';

export const packageRoot = join(__dirname, '..', '..', '..');
export const commandScript = join(packageRoot, 'dist', 'cli', 'main.js');

/** Milliseconds after which a program hangs. */
const longest = 30_000 * patience;

export interface CommandOptions {
  /** Where tslxc keeps its state: TSLXC_ROOT. */
  readonly root?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What the command reads from stdin; nothing when left out. */
  readonly input?: string;
  /** SIGKILL after this many milliseconds; default 30,000, times `patience`. */
  readonly timeout?: number;
  /** User and group to run as; the repository and Node are within its reach, wherever they lie. */
  readonly uid?: number;
}

export interface CommandResult {
  /** Exit code; -1 when a signal ended it. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** argv of the command with these words: for PtySession and strace. */
export function commandLine(...words: readonly string[]): string[] {
  return [process.execPath, commandScript, ...words];
}

/** The environment that gives a command its root, and nothing of the caller's tslxc or libvirt settings. */
export function commandEnvironment(root?: string): NodeJS.ProcessEnv {
  const {
    TSLXC_ROOT: _root,
    TSLXC_HARDENING: _hardening,
    TSLXC_DEFAULT_URI: _uri,
    LIBVIRT_DEFAULT_URI: _other,
    ...env
  } = process.env;
  return root === undefined ? env : { ...env, TSLXC_ROOT: root };
}

/**
 * Runs `tslxc words…` in this process, without a terminal and without input. Doesn't throw for an exit code. Use `spawnCommand`
 * where the process itself is what is tested.
 */
export async function runCommand(
  words: readonly string[],
  { root }: Pick<CommandOptions, 'root'> = {},
): Promise<CommandResult> {
  const { command, library } = builtParts();
  const texts = { stdout: '', stderr: '' };
  const code = await command().main(words, {
    environment: commandEnvironment(root),
    stdout: { write: (data) => void (texts.stdout += sinkText(data)) },
    stderr: { write: (data) => void (texts.stderr += sinkText(data)) },
    terminal: noTerminal(texts),
    signals: new EventEmitter(),
    connect: (uri, options) =>
      library().connect(uri, { ...(root === undefined ? {} : { root }), ...options }),
  });
  return { code, signal: null, ...texts };
}

/** The one file of the built package: the instance that `tslxc` is here, too. */
function builtParts(): typeof import('../../../lib/bundle/parts') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(packageRoot, 'dist/bundle/parts.js')) as ReturnType<typeof builtParts>;
}

/** Nothing can be read from it; what is written to it is added to `texts`. */
function noTerminal(texts: { stdout: string; stderr: string }): Terminal {
  const sink = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString();
        done();
      },
    });
  return {
    isInteractive: () => false,
    isShown: () => false,
    size: () => ({ rows: 0, columns: 0 }),
    setMode: () => undefined,
    input: () => Readable.from([]),
    output: () => sink('stdout'),
    errors: () => sink('stderr'),
  };
}

/** Runs `tslxc words…` in a process of its own. Doesn't throw for an exit code. */
export function spawnCommand(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return runProgram(commandLine(...words), options);
}

/** Runs any program the same way. */
export async function runProgram(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { root, env, cwd, input, timeout = longest, uid } = options;
  const wrapped = uid === undefined ? undefined : asOtherUser(argv, { uid, packageRoot });
  const [program = '', ...words] = wrapped ?? argv;
  const stdin = input === undefined ? 'ignore' : openInput(input);
  const child = spawn(program, words, {
    cwd,
    env: { ...commandEnvironment(root), ...env },
    stdio: [stdin, 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
    ...(uid === undefined || wrapped ? {} : { uid, gid: uid }),
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  if (stdin !== 'ignore') closeSync(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? -1, signal, ...texts }));
  });
}

/** A descriptor that reads `text`, from its start. Not Node's pipe: that is a socket, and /dev/stdin can't open one. */
function openInput(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-input-'));
  const path = join(folder, 'input');
  writeFileSync(path, text);
  const descriptor = openSync(path, 'r');
  rmSync(folder, { recursive: true });
  return descriptor;
}

/** As `runCommand`, but no file of the command may become longer than nothing: write(2) fails, as on a full disk. */
export function runWithoutRoom(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return runProgram(['prlimit', '--fsize=0', ...commandLine(...words)], options);
}

/** As `runCommand`, but anything other than exit code 0 is an error that shows all. Resolves with stdout. */
export async function runSuccessfully(
  words: readonly string[],
  options: Pick<CommandOptions, 'root'> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(words, options);
  if (code === 0) return stdout;
  throw new Error(
    `tslxc ${words.join(' ')}: exit code ${code}\nstdout: ${stdout}\nstderr: ${stderr}`,
  );
}
