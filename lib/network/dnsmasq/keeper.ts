/**
 * The keeper of a program: a process of tslxc that restarts the program if it exits. Ending the keeper ends the program.
 * It outlives its caller, as monitors do. Its lock tells whether it is alive, since pids are reused.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { constants as system } from 'node:os';
import { basename, dirname } from 'node:path';
import { SyscallError, TslxcError } from '../../errors';
import { ensureBaseCgroups, holdBaseCgroups } from '../../host/kernel/base-cgroups';
import { monitorExecutable } from '../../host/executable';
import { hostFacts } from '../../host/facts';
import { readText } from '../../host/kernel/text-file';
import { native } from '../../host/native';
import type { NetworkPaths } from '../../host/state/state-paths';
import { planBaseCgroups } from '../../plan/cgroups/base';
import { monitorLeaf } from '../../plan/cgroups/cgroups';
import { makeOwnFolder } from '../../host/state/own-folder';

export interface KeptProgram {
  /** Absolute path and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** Shown by `ps`. */
  readonly name: string;
  /** The step that an error names. */
  readonly step: string;
}

/** Milliseconds that the program, and after it the keeper, may take to exit. */
const endTime = 4000;

const lookFlags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const logFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/**
 * Resolves once the program serves.
 *
 * @throws TslxcError OPERATION_FAILED with `step` and the program's own message; SyscallError if the keeper itself
 * fails; the errors of node:fs.
 */
export async function startKeeper(paths: NetworkPaths, program: KeptProgram): Promise<void> {
  const answer = await spawnKeeper(paths, program).catch(nothingIfKilled);
  const [verb = '', ...rest] = answer.split('\n');
  if (verb === 'started') return;
  await endKeeper(paths);
  const { step } = program;
  const name = basename(program.argv[0]);
  const [kind, errno, syscall = '', ...subject] = verb.split(' ');
  if (kind === 'error') {
    throw new SyscallError({ errno: Number(errno), syscall, path: subject.join(' '), step });
  }
  const words = rest.join('\n').trim() || 'its keeper ended without an error message';
  const named = words.startsWith(`${name}: `) ? words : `${name}: ${words}`;
  throw new TslxcError('OPERATION_FAILED', `${named} (${step})`, { step });
}

/** Treats a keeper whose stage 0 was killed like one that is killed later: it ended without an answer. */
function nothingIfKilled(error: unknown): string {
  if (error instanceof SyscallError && error.errno === system.errno.ECHILD) return '';
  throw error;
}

async function spawnKeeper(paths: NetworkPaths, program: KeptProgram): Promise<string> {
  // Asked for here: nothing else of a network's start or repair has the facts of the host as an argument.
  const layout = hostFacts().cgroups;
  const { monitorTasks, monitorUnified } = monitorLeaf(layout);
  using _cgroups = await holdBaseCgroups();
  await ensureBaseCgroups(planBaseCgroups(layout), 'again');
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags, 0o600);
    opened.push(fd);
    return fd;
  };
  try {
    makeOwnFolder(dirname(paths.log));
    const leaf = monitorUnified === '' ? -1 : open(monitorUnified, folderFlags);
    const descriptors = [
      open(paths.directory, folderFlags),
      open(paths.log, logFlags),
      ...monitorTasks.map((tasks) => open(tasks, constants.O_WRONLY)),
    ];
    const fd = await native().startMonitor({
      executable: monitorExecutable(),
      argv: [
        ...['tslxc-keeper', '--keep', '--name', program.name],
        ...['--lock', basename(paths.keeperLock)],
        ...['--pid', basename(paths.dnsmasqPid)],
        ...['--daemon-pid', basename(paths.dnsmasqOwnPid)],
        ...['--descriptors', String(descriptors.length), '--', ...program.argv],
      ],
      cgroups: [],
      leafCgroup: leaf,
      plan: new Uint8Array(),
      descriptors,
    });
    return await text(new Socket({ fd, readable: true, writable: false }));
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

interface Keeper {
  /** pidfd_open(2); the caller closes it. */
  readonly pidfd: number;
}

/** The running keeper; undefined if there is none. */
function findKeeper({ keeperLock }: NetworkPaths): Keeper | undefined {
  return withLockFile(keeperLock, (lock) => {
    if (!native().isByteLocked(lock, 0)) return undefined;
    const pid = readPid(lock);
    const pidfd = pid === undefined ? undefined : openPidfd(pid);
    if (pidfd === undefined) return undefined;
    // A keeper writes its pid while it holds the lock. If the lock and the pid are unchanged, the pidfd is the keeper's.
    if (native().isByteLocked(lock, 0) && readPid(lock) === pid) return { pidfd };
    native().closeDescriptor(pidfd);
    return undefined;
  });
}

export function isKeeperAlive(paths: NetworkPaths): boolean {
  return withLockFile(paths.keeperLock, (lock) => native().isByteLocked(lock, 0)) === true;
}

/** Ends the keeper and its program, and resolves when both are gone. False if there was none. */
export async function endKeeper(paths: NetworkPaths): Promise<boolean> {
  const keeper = findKeeper(paths);
  if (keeper === undefined) {
    await awaitDead(paths);
    return false;
  }
  try {
    native().signalPidfd(keeper.pidfd, system.signals.SIGTERM);
    if (await native().waitPidfd(keeper.pidfd, endTime)) return true;
    native().signalPidfd(keeper.pidfd, system.signals.SIGKILL);
    if (await native().waitPidfd(keeper.pidfd, endTime)) return true;
  } catch (error) {
    if (!isGone(error)) throw error;
    return true;
  } finally {
    native().closeDescriptor(keeper.pidfd);
  }
  const step = 'end the keeper of a program';
  throw new TslxcError('OPERATION_TIMEOUT', `the process does not end (${step})`, { step });
}

/**
 * Waits for the keeper's process to be gone. The lock of a killed keeper is released shortly before the kernel has ended its
 * program, which still holds its ports. The pid stays in the lock file; if another process has it by now, its name shows that.
 */
async function awaitDead({ keeperLock }: NetworkPaths): Promise<void> {
  const pid = withLockFile(keeperLock, readPid);
  if (pid === undefined || nameOf(pid) !== 'tslxc-keeper') return;
  const pidfd = openPidfd(pid);
  if (pidfd === undefined) return;
  try {
    await native().waitPidfd(pidfd, 1000);
  } finally {
    native().closeDescriptor(pidfd);
  }
}

function nameOf(pid: number): string {
  return readText(`/proc/${pid}/comm`).trim();
}

function withLockFile<T>(path: string, use: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, lookFlags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function readPid(lock: number): number | undefined {
  const bytes = Buffer.alloc(16);
  const count = readSync(lock, bytes, 0, bytes.length, 0);
  const [, digits] = /^([1-9]\d*)\n$/.exec(bytes.toString('latin1', 0, count)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function openPidfd(pid: number): number | undefined {
  try {
    return native().openPidfd(pid);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SyscallError && error.errno === system.errno.ESRCH;
}
