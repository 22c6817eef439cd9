/**
 * Builds a Debian root with mmdebstrap, in its own namespaces: the host never sees its mounts,
 * and all processes that it has started end with it, or with this process.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, lstat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { TslxcError } from '../errors';
import { onAbort } from '../host/abort-listener';
import { searchPath } from '../host/program';

/** Besides minbase, what a container needs to boot: systemd, its bus, and a login on the console. */
const packages = ['systemd-sysv', 'dbus', 'login', 'iproute2'];

/**
 * Refuses a text that can't be the name of a Debian release, since it becomes an argument of a program.
 *
 * @throws TslxcError INVALID_ARG.
 */
export function checkSuite(suite: string): void {
  if (/^[a-z]{2,32}$/.test(suite)) return;
  const shown = JSON.stringify(suite);
  throw new TslxcError('INVALID_ARG', `${shown} is not a Debian suite: a name such as trixie`);
}

/**
 * The program that builds a root.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED if it is missing, ACCESS_DENIED for a user other than root.
 */
export async function findMmdebstrap(folders: readonly string[] = searchPath()): Promise<string> {
  if (process.geteuid?.() !== 0) {
    throw new TslxcError('ACCESS_DENIED', 'a Debian root has files of many users: needs root');
  }
  for (const folder of folders) {
    const path = join(folder, 'mmdebstrap');
    if (await isExecutable(path)) return path;
  }
  throw new TslxcError(
    'OPERATION_UNSUPPORTED',
    'there is no mmdebstrap on this machine: install the Debian package mmdebstrap, or choose a busybox root, which needs busybox-static',
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The command that builds the root, as argv. Pure. If this process dies, the command and all that it started is killed. */
export function debianCommand(mmdebstrap: string, suite: string, root: string): string[] {
  return [
    ...['setpriv', '--pdeathsig', 'KILL', '--'],
    ...['unshare', '--mount', '--mount-proc', '--pid', '--fork', '--kill-child', '--'],
    ...[mmdebstrap, '--mode=root', '--format=directory', '--variant=minbase'],
    `--include=${packages.join(',')}`,
    // mmdebstrap copies the host's name; a container has its own.
    '--customize-hook=rm -f "$1/etc/hostname"',
    ...[suite, root],
  ];
}

export interface DebianParts {
  readonly mmdebstrap: string;
  readonly suite: string;
  /** An empty directory, as an absolute path. */
  readonly root: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (step: string) => void;
}

/**
 * Fills the directory. If it rejects, all processes have ended.
 *
 * @throws TslxcError OPERATION_FAILED with mmdebstrap's own reason.
 */
export async function buildDebianRoot(parts: DebianParts): Promise<void> {
  const [program = '', ...words] = debianCommand(parts.mmdebstrap, parts.suite, parts.root);
  const child = spawn(program, words, {
    // In its own session, so that Ctrl-C reaches only this process, which then ends the others in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', PATH: searchPath().join(delimiter) },
  });
  const stopListening = onAbort(parts.signal, () => void child.kill('SIGKILL'));
  try {
    const errors = collectErrors(child, parts.onProgress);
    // Not `exit`: the pipes close only when the last process that has them has ended.
    const [code, ended] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) await checkInit(parts.root);
    else throw failure(errors[0] ?? `it ended with ${ended ?? `exit code ${String(code)}`}`);
  } finally {
    stopListening();
  }
}

/** Passes each line on, and collects the errors, of which the first is the cause of the others. */
function collectErrors(child: ChildProcess, onProgress: (step: string) => void): string[] {
  const errors: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      const text = line.trim();
      if (text.startsWith('E: ')) errors.push(text.slice(3));
      if (text !== '') onProgress(text.replace(/^I: /, ''));
    });
  }
  return errors;
}

async function checkInit(root: string): Promise<void> {
  await lstat(join(root, 'sbin/init')).catch((cause: unknown) => {
    throw failure('the root that it made has no /sbin/init', cause);
  });
}

function failure(reason: string, cause?: unknown): TslxcError {
  return new TslxcError('OPERATION_FAILED', `mmdebstrap: ${reason}`, { cause });
}
