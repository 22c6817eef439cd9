/**
 * The keeper of a program: a process of ours that starts it again when it dies, and ends with it. It outlives its
 * caller, as monitors do. Only the lock tells that it lives: pids are reused.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { constants as system } from 'node:os';
import { basename, dirname } from 'node:path';
import { SyscallError, TslxcError } from '../../errors';
import { ensureBaseCgroups, forgetBaseCgroups } from '../../host/kernel/base-cgroups';
import { monitorExecutable } from '../../host/executable';
import { hostFacts } from '../../host/facts';
import { native } from '../../host/native';
import type { NetworkPaths } from '../../host/state/state-paths';
import { planBaseCgroups } from '../../plan/cgroups/base';
import { monitorLeaf } from '../../plan/cgroups/cgroups';

export interface KeptProgram {
  /** Absolute path and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** For `ps`. */
  readonly name: string;
  /** What it is started for, in words. */
  readonly step: string;
}

/** Milliseconds: the program's own time to end, and the keeper's after that. */
const endTime = 4000;

const lookFlags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const logFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/**
 * Resolves once the program serves.
 *
 * @throws TslxcError OPERATION_FAILED with `step` and the program's own words; SyscallError when the keeper itself
 * could not do its part; the errors of node:fs.
 */
export async function startKeeper(paths: NetworkPaths, program: KeptProgram): Promise<void> {
  const answer = await spawnKeeper(paths, program);
  const [verb = '', ...rest] = answer.split('\n');
  if (verb === 'started') return;
  await endKeeper(paths);
  const { step } = program;
  const name = basename(program.argv[0]);
  const [kind, errno, syscall = '', ...subject] = verb.split(' ');
  if (kind === 'error') {
    throw new SyscallError({ errno: Number(errno), syscall, path: subject.join(' '), step });
  }
  const words = rest.join('\n').trim() || 'its keeper ended without a word';
  const named = words.startsWith(`${name}: `) ? words : `${name}: ${words}`;
  throw new TslxcError('OPERATION_FAILED', `${named} (${step})`, { step });
}

async function spawnKeeper(paths: NetworkPaths, program: KeptProgram): Promise<string> {
  const layout = hostFacts().cgroups;
  const { monitorTasks, monitorUnified } = monitorLeaf(layout);
  if (!monitorTasks.every((path) => existsSync(path))) forgetBaseCgroups();
  if (monitorUnified !== '' && !existsSync(monitorUnified)) forgetBaseCgroups();
  await ensureBaseCgroups(planBaseCgroups(layout));
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags, 0o600);
    opened.push(fd);
    return fd;
  };
  try {
    mkdirSync(dirname(paths.log), { recursive: true, mode: 0o700 });
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

/** The keeper that lives, if one does. */
function findKeeper({ keeperLock }: NetworkPaths): Keeper | undefined {
  return withLockFile(keeperLock, (lock) => {
    if (!native().isByteLocked(lock, 0)) return undefined;
    const pid = readPid(lock);
    const pidfd = pid === undefined ? undefined : openPidfd(pid);
    if (pidfd === undefined) return undefined;
    // Whoever writes its pid there has the lock: if it has it still, the descriptor is that keeper's and nobody else's.
    if (native().isByteLocked(lock, 0) && readPid(lock) === pid) return { pidfd };
    native().closeDescriptor(pidfd);
    return undefined;
  });
}

export function isKeeperAlive(paths: NetworkPaths): boolean {
  return withLockFile(paths.keeperLock, (lock) => native().isByteLocked(lock, 0)) === true;
}

/** Ends the keeper and its program. False when there was none. Resolves when both are gone. */
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
 * A killed keeper gives its lock back a moment before the kernel has ended its program, which still has its ports. Its
 * pid stays in the lock file; one that is another process's by now costs no more than the look at its name.
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
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
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
