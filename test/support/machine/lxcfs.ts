/**
 * Starts of a container in a mount namespace of its own, in which lxcfs is mounted or is not, whatever the host has.
 * The daemon is there until it is disposed of; its mount goes with the namespace.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';

/** `dead`: its daemon has been killed, and its mount stays behind. */
export type LxcfsState = 'mounted' | 'dead' | 'absent';

export class LxcfsNamespace implements Disposable {
  readonly #folder = mkdtempSync('/var/tmp/tslxc-lxcfs-');

  constructor() {
    mkdirSync(join(this.#folder, 'mount'));
    mkdirSync(join(this.#folder, 'run'));
  }

  /** Runs `tslxc start NAME`. */
  start(name: string, state: LxcfsState, root: string): Promise<CommandResult> {
    const script = `${scripts[state]}\nexec "$@"`;
    const argv = ['/bin/sh', '-euc', script, this.#folder, ...commandLine('start', name)];
    return runProgram(['unshare', '--mount', ...argv], { root });
  }

  [Symbol.dispose](): void {
    const record = join(this.#folder, 'pid');
    if (existsSync(record)) {
      try {
        process.kill(Number(readFileSync(record, 'utf8')), 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    rmSync(this.#folder, { recursive: true });
  }
}

const unmount = `
  awk '/ - fuse.lxcfs / { print $5 }' /proc/self/mountinfo | xargs -r -n 1 umount --lazy`;

/**
 * lxcfs works only if it can read the personality of process 1, for which the machine's root may lack the capabilities. So
 * its own is mounted there while it starts, and unmounted afterwards, since a user namespace can mount /proc only if nothing
 * of the host's is covered.
 */
const mount = `${unmount}
  cat /proc/self/personality > "$0/personality"
  mount --bind "$0/personality" /proc/1/personality
  lxcfs --foreground --runtime-dir="$0/run" --pidfile="$0/lock" "$0/mount" > "$0/log" 2>&1 &
  echo $! > "$0/pid"
  tries=400
  until test -e "$0/mount/proc/meminfo"; do
    test $((tries -= 1)) -gt 0 || { cat "$0/log" >&2; exit 1; }
    sleep 0.05
  done
  umount /proc/1/personality`;

const scripts: Readonly<Record<LxcfsState, string>> = {
  absent: unmount,
  mounted: mount,
  dead: `${mount}
  kill -KILL $!
  while test -e "$0/mount/proc/meminfo"; do sleep 0.05; done`,
};
