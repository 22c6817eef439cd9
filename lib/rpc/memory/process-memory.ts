/**
 * Limits the unused memory that the daemon's process keeps. V8 and the C library keep what a busy moment has taken for the next
 * one, but a daemon mostly waits. These settings affect the whole process: they are for a process that runs nothing but the
 * daemon, never for a program that uses the library.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { native } from '../../host/native';
import { IdleMemory } from './idle-memory';

/**
 * Keeps the part of V8's heap for new objects at its initial size, instead of letting it grow to 32 MiB under load. V8 heeds this
 * flag at any time.
 */
const heapFlag = '--semi-space-growth-factor=1';

/**
 * All threads allocate from one arena, since little of a thread's own arena is ever given back. The threshold is glibc's default,
 * which is set explicitly because it otherwise grows with the blocks that are freed: mallopt(3).
 */
const mallocLimits = { arenas: 1, trimThreshold: 131_072 } as const;

/** Enough to include the line that is read. */
const statusBytes = 4096;

/**
 * Applies these settings to the process, and returns the object that gives memory back when the daemon is idle. Must be called
 * early: V8 keeps what its heap has already grown by.
 *
 * @throws TslxcError NATIVE_NOT_BUILT without native code.
 */
export function keepMemorySmall(): IdleMemory {
  setFlagsFromString(heapFlag);
  native().limitMalloc(mallocLimits);
  const collect = collector();
  // Kept open, so that it can still be read when no more descriptors can be opened.
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

/** V8's full garbage collection, which it exposes only in contexts that are created after this flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** KiB of the process's memory that belong to no file and are shared with no other process: RssAnon of proc_pid_status(5). */
function anonymousMemory(status: number): number {
  const bytes = Buffer.alloc(statusBytes);
  const length = readSync(status, bytes, 0, statusBytes, 0);
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB$/m.exec(bytes.toString('latin1', 0, length)) ?? [];
  return Number(kibibytes ?? 0);
}
