/**
 * What the daemon's process keeps of memory that it does not use. V8 and the C library keep what a busy moment has taken, for the next
 * one; a daemon mostly waits. What is set here is set for all of a process: for one that is the daemon's alone, and never for that
 * of a program with the library.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { native } from '../../host/native';
import { IdleMemory } from './idle-memory';

/**
 * The part of its heap that V8 makes new objects in stays as large as it is at first, instead of growing to 32 MiB while there is
 * much to do. V8 heeds this flag at any time.
 */
const heapFlag = '--semi-space-growth-factor=1';

/**
 * Threads allocate from one arena, and not each from one of its own, of which little is ever given back. The threshold is glibc's
 * default, which grows with the blocks that are freed unless it is set: mallopt(3).
 */
const mallocLimits = { arenas: 1, trimThreshold: 131_072 } as const;

/** More than there is up to the line that is read. */
const statusBytes = 4096;

/**
 * Sets this for the process, and makes what gives memory back when it is idle. To be called early: what V8's heap has grown by
 * it keeps.
 *
 * @throws TslxcError NATIVE_NOT_BUILT without native code.
 */
export function keepMemorySmall(): IdleMemory {
  setFlagsFromString(heapFlag);
  native().limitMalloc(mallocLimits);
  const collect = collector();
  // Open for good: it is also to be read when no more descriptors can be had.
  const status = openSync('/proc/self/status', 'r');
  return new IdleMemory({
    held: () => anonymousMemory(status),
    giveBack: () => {
      collect();
      native().trimMalloc(0);
    },
    stop: () => closeSync(status),
  });
}

/** V8's own collection of all garbage, which it shows to contexts that are made after it was told to. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** KiB of the process that are in no file and shared with no other process: RssAnon of proc_pid_status(5). */
function anonymousMemory(status: number): number {
  const bytes = Buffer.alloc(statusBytes);
  const length = readSync(status, bytes, 0, statusBytes, 0);
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(bytes.toString('latin1', 0, length)) ?? [];
  return Number(kibibytes ?? 0);
}
