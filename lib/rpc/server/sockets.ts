/**
 * The sockets that the daemon listens on: created by itself below a folder, or passed by systemd (sd_listen_fds(3)). A socket
 * that another process listens on is never taken over; a stale one, left behind by a daemon that has died, is replaced.
 */
import { chmodSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { TslxcError } from '../../errors';
import { makeOwnFolder } from '../../host/state/own-folder';

/** A socket to be created in the file system. */
export interface SocketPlace {
  readonly path: string;
  readonly access: 'read-write' | 'read-only';
  /** Who may connect to it: only root and its group, or every user. */
  readonly open: keyof typeof modes;
  /** Which daemon would be listening there already, for the error message. */
  readonly holder: string;
}

/** Modes, which decide who may connect. */
const modes = { group: 0o660, everybody: 0o666 } as const;

/** Mode of a folder that is created for a socket; and the bits that let every user reach an entry whose name they know. */
const folderMode = 0o711;
const through = 0o111;

/** The first descriptor that systemd hands over. */
const firstHandedOver = 3;

/**
 * The descriptors of the sockets that systemd has passed to this process. The variables that announce them are removed from the
 * environment.
 */
export function handedOver(environment: Record<string, string | undefined>): number[] {
  const isMeant = environment['LISTEN_PID'] === String(process.pid);
  const count = isMeant ? Number(environment['LISTEN_FDS'] ?? '0') : 0;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) {
    // Hooks and monitors inherit the environment, but these are not meant for them.
    Reflect.deleteProperty(environment, name);
  }
  if (!Number.isInteger(count) || count < 0) return [];
  return Array.from({ length: count }, (_, index) => firstHandedOver + index);
}

/** The access that a passed socket gives, according to its path; read-only if the path can't be found out. */
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
 * @throws TslxcError OPERATION_INVALID when another process listens there, or something other than a socket is there.
 */
export async function clearPlace({ path, holder }: SocketPlace): Promise<void> {
  makeOwnFolder(dirname(path), folderMode);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw refused(`${path} exists, and is not a socket`);
  if (await isListenedAt(path)) throw refused(`${holder} listens at ${path}`);
  rmSync(path, { force: true });
}

/**
 * For a place where nothing is created or removed: a daemon that listens there serves the same clients.
 *
 * @throws TslxcError OPERATION_INVALID when another process listens there. A stale socket is no reason to refuse.
 */
export async function checkUnused({
  path,
  holder,
}: Pick<SocketPlace, 'path' | 'holder'>): Promise<void> {
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
  if (isSocket && (await isListenedAt(path))) throw refused(`${holder} listens at ${path}`);
}

/** Runs `make`, which creates a socket at the path. Until the socket has its final mode, only root can connect to it. */
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

/** Lets every user reach a socket in the folder by its name, while only root may list the folder. */
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
