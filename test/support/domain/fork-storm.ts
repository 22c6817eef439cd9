/** Containers whose processes fork without end, but no more of them at a time than a machine of two cores survives. */
import type { DomainXmlOptions } from './domain-xml';

/** What a definition says for at most so many processes: what root does, no limit of its own holds back (RLIMIT_NPROC). */
export function atMostProcesses(most: number): string {
  const limit = `<tslxc:pids max='${most}'/>`;
  return `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${limit}</tslxc:container></metadata>`;
}

export interface ForkStorm {
  /** Lines of shell that each process runs: it begins others, and ends. */
  readonly script: string;
  /** Processes at a time. */
  readonly most: number;
}

/**
 * A container full of them. Its init waits for those that have lost their parents, and begins anew: a shell ends when it can't
 * fork, and so would init, and with it the container.
 */
export function forkStorm({ script, most }: ForkStorm): DomainXmlOptions {
  // Guarded: as PID 1 of a container only.
  const init = `[ $$ = 1 ] || exit; exec python3 -c '
import os, sys, time
while True:
    try:
        if os.fork() == 0:
            os.execv("/bin/sh", ["sh", "-c", sys.argv[1]])
    except OSError:
        pass
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    time.sleep(0.005)
' "$0" 2>/dev/null`;
  // A MiB for each, and for init, which would be the first that the kernel ends for want of memory.
  const memory = (most + 64) * 1024;
  return { memory, initArguments: ['-c', init, script], elements: atMostProcesses(most) };
}
