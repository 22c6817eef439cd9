/**
 * The sockets that the daemon listens at: made by itself below a folder, or handed over by systemd (sd_listen_fds(3)). One that
 * somebody else listens at is never taken; what a daemon that has died has left behind is.
 */
import { chmodSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { TslxcError } from '../../errors';

/** A socket of the file system that is to be made. */
export interface SocketPlace {
  readonly path: string;
  readonly access: 'read-write' | 'read-only';
  /** Who may connect to it: root and its group alone, or everybody. */
  readonly open: keyof typeof modes;
  /** Who listens there if somebody does, for the refusal. */
  readonly holder: string;
}

/** Modes, which decide who may connect. */
const modes = { group: 0o660, everybody: 0o666 } as const;

/** Of a folder that a socket is the first thing in; and what lets everybody get to what they know the name of. */
const folderMode = 0o711;
const through = 0o111;

/** The first descriptor that systemd hands over. */
const firstHandedOver = 3;

/** The descriptors of sockets that systemd has handed over to this process. What they were told by is taken from the environment. */
export function handedOver(environment: Record<string, string | undefined>): number[] {
  const isMeant = environment['LISTEN_PID'] === String(process.pid);
  const count = isMeant ? Number(environment['LISTEN_FDS'] ?? '0') : 0;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) {
    // A hook or a monitor is not meant by it.
    Reflect.deleteProperty(environment, name);
  }
  if (!Number.isInteger(count) || count < 0) return [];
  return Array.from({ length: count }, (_, index) => firstHandedOver + index);
}

/** What a socket that was handed over is for, by its path. Of one without a path that can be found out, only to look. */
export function accessOf(descriptor: number): SocketPlace['access'] {
  const path = pathOf(descriptor);
  return path === undefined || path.endsWith('-ro') ? 'read-only' : 'read-write';
}

/** Where a socket is in the file system, by proc_net(5). */
function pathOf(descriptor: number): string | undefined {
  const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`)) ?? [];
  if (inode === undefined) return undefined;
  const line = new RegExp(`^(?:\\S+ +){6}${inode} (/.*)$`, 'm');
  return line.exec(readFileSync('/proc/self/net/unix', 'latin1'))?.[1];
}

/**
 * Makes room for a socket: its folder, and nothing at its path.
 *
 * @throws TslxcError OPERATION_INVALID when somebody listens there, or something other than a socket is in its place.
 */
export async function clearPlace({ path, holder }: SocketPlace): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: folderMode });
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw refused(`${path} is there, and is no socket`);
  if (await isListenedAt(path)) throw refused(`${holder} listens at ${path}`);
  rmSync(path, { force: true });
}

/** Runs what makes a socket at a path, which nobody but root can connect to before it has its mode. */
export function withMode(place: SocketPlace, make: () => void): void {
  const before = process.umask(0o177);
  try {
    make();
  } finally {
    process.umask(before);
  }
  chmodSync(place.path, modes[place.open]);
  letThrough(dirname(place.path));
}

/** Nobody but root looks into the folder of our state; to a socket in it one gets by its name. */
function letThrough(folder: string): void {
  chmodSync(folder, (statSync(folder).mode & 0o777) | through);
}

export function removeSocket(path: string): void {
  rmSync(path, { force: true });
}

function isListenedAt(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}

function refused(detail: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail);
}
