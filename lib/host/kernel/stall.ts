/** Notices that a process has stopped working: it neither reads nor writes, be it files or connections. */
import { readFileSync } from 'node:fs';

/** How often it is looked at while the patience lasts: it is noticed that much late, at most. */
const looks = 10;

/** Bytes between two looks that are no work: the runtime of Go wakes its own threads by reading and writing some. */
const ofRuntime = 1024;

export class Stall implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #isSeen = false;

  /** `noticed` is called once the process has been idle for `patience` milliseconds. */
  constructor(pid: number | undefined, patience: number, noticed: () => void) {
    let [before, idle] = [0, 0];
    this.#timer = setInterval(() => {
      const now = transferred(pid);
      idle = now - before <= ofRuntime ? idle + 1 : 0;
      before = now;
      if (idle < looks) return;
      this.#isSeen = true;
      clearInterval(this.#timer);
      noticed();
    }, patience / looks);
    this.#timer.unref();
  }

  get isSeen(): boolean {
    return this.#isSeen;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** How many bytes a process has read and written so far, proc_pid_io(5). When that can't be said it counts as at work: NaN. */
function transferred(pid = 0): number {
  try {
    const [, read, written] =
      /^rchar: (\d+)\nwchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1')) ?? [];
    return Number(read) + Number(written);
  } catch {
    return NaN;
  }
}
