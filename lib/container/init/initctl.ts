/**
 * The pipe by which sysvinit, and what behaves like it, is told to change the run level. Its path is resolved in the
 * container's own mount namespace, where a file system of the container may keep a process waiting for ever: so this
 * file is run as a program of its own, and looks.
 */
import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SyscallError } from '../../errors';
import { native } from '../../host/native';
import { O_PATH } from '../../host/state/open-flags';
import { packageRoot } from '../../host/package-paths';
import { isInitOf } from './init-process';
import type { RunningRecord } from '../record/run-state';

/** 0 is power off, 6 reboot. */
export type RunLevel = '0' | '6';

/** How long the pipe may take to be found, in milliseconds. */
const patience = 3000;

const program = join(packageRoot, 'dist', 'container', 'initctl.js');
const exitCodes = { written: 0, none: 3 } as const;

/** True when init's pipe has taken the request; false when there is none, no process reads it, or it isn't found in time. */
export async function requestLevel(
  { id, init }: Pick<RunningRecord, 'id' | 'init'>,
  level: RunLevel,
): Promise<boolean> {
  return await new Promise((resolve) => {
    const args = [program, String(id), String(init), level];
    const limits = { timeout: patience, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, args, limits, (error) => resolve(error === null));
  });
}

/** Where init may have its pipe, in libvirt's order. */
const pipes = ['run/initctl', 'dev/initctl', 'etc/.initctl'];

/** struct init_request of sysvinit: magic, command 1 (change the run level), the level, and nothing else. */
const request = { bytes: 384, magic: 0x03091969, changeLevel: 1 } as const;

/** True when init's pipe has taken the request; false when there is none, or no process reads it. */
function writeRequest(running: Pick<RunningRecord, 'id' | 'init'>, level: RunLevel): boolean {
  const root = openSync(`/proc/${running.init}/root`, O_PATH | constants.O_DIRECTORY);
  try {
    // The number is still init's, or the folder that was opened is another process's.
    if (!isInitOf(running)) return false;
    return pipes.some((path) => writeTo(root, path, level));
  } finally {
    closeSync(root);
  }
}

/** The path is the container's: only a pipe is opened, never a device, and not one of the host. */
function writeTo(root: number, path: string, level: RunLevel): boolean {
  let found: number;
  try {
    found = native().openInRoot(root, path, O_PATH);
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
  try {
    if (!fstatSync(found).isFIFO() || isOfHost(found, path)) return false;
    const pipe = openSync(`/proc/self/fd/${found}`, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      return writeSync(pipe, requestFor(level)) === request.bytes;
    } finally {
      closeSync(pipe);
    }
  } catch {
    return false; // ENXIO: no process reads it.
  } finally {
    native().closeDescriptor(found);
  }
}

function isOfHost(found: number, path: string): boolean {
  const host = statSync(`/${path}`, { throwIfNoEntry: false });
  const { dev, ino } = fstatSync(found);
  return host?.dev === dev && host.ino === ino;
}

function requestFor(level: RunLevel): Buffer {
  const bytes = Buffer.alloc(request.bytes);
  bytes.writeInt32LE(request.magic, 0);
  bytes.writeInt32LE(request.changeLevel, 4);
  bytes.writeInt32LE(level.charCodeAt(0), 8);
  return bytes;
}

if (require.main === module) {
  const [id, init, level] = process.argv.slice(2);
  const isWritten = writeRequest({ id: Number(id), init: Number(init) }, level === '0' ? '0' : '6');
  process.exitCode = isWritten ? exitCodes.written : exitCodes.none;
}
