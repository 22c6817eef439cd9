/**
 * The record of how a container ended, and the room that its start reserves for it on the disk, so that it is not lost
 * when the disk is full by then. The monitor writes straight into that room: see native/monitor/records.cc.
 */
import { closeSync, constants, openSync, renameSync, writeSync } from 'node:fs';
import { withFormat } from '../../host/state/record-format';
import { makeBesideRecords, writeRecord } from '../../host/state/record-file';
import type { RunPaths } from '../../host/state/state-paths';
import type { ExitRecord } from './exit-record';

/** More bytes than any record of an end has. */
const roomBytes = 512;
const emptyRoom = blanks('');

/** Reserves the room, filled with blanks. @throws SyscallError with the path. */
export function keepRoomForEnd({ exitRoom }: RunPaths): void {
  makeBesideRecords(exitRoom, emptyRoom);
}

/** Writes the record of an end: into the reserved room if a full disk leaves no other place. @throws as `writeRecord`. */
export function writeEnd(files: RunPaths, exit: ExitRecord): void {
  try {
    writeRecord(files.exit, exit);
  } catch (error) {
    if (!isWrittenIntoRoom(files, exit)) throw error;
  }
}

/** Blanks after the record do not change it, and keep the length of the file. */
function isWrittenIntoRoom({ exit: path, exitRoom }: RunPaths, exit: ExitRecord): boolean {
  const text = Buffer.from(blanks(JSON.stringify(withFormat(exit))));
  if (text.length > roomBytes) return false;
  let fd: number | undefined;
  try {
    fd = openSync(exitRoom, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (writeSync(fd, text, 0, text.length, 0) < text.length) return false;
    renameSync(exitRoom, path);
    return true;
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function blanks(text: string): string {
  return `${text.padEnd(roomBytes - 1)}\n`;
}
