/** Processes as /proc shows them; one that is gone looks like one that never was. Only reads. */
import { readFileSync, readdirSync } from 'node:fs';
import { eventually } from '../time/eventually';

export interface ProcessFacts {
  /** Its argv; empty for a zombie. */
  readonly words: readonly string[];
  /** `S`, `T`, … as in proc_pid_stat(5); '' when it is gone. */
  readonly state: string;
  readonly parent: number;
  /** How many PID namespaces it is in, from ours down: 1 on the host, 2 in a container, 0 when gone. */
  readonly depth: number;
}

/** All that there are, but those of tests that have a world of their own and run beside these. */
export function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !isOfOtherWorld(pid));
}

/** Its cgroups tell: scripts/own-world.sh names them, and inside the names are not seen. */
function isOfOtherWorld(pid: number): boolean {
  return readFile(pid, 'cgroup').includes(':/tslxc-test-lane-');
}

export function readProcess(pid: number): ProcessFacts {
  const status = readFile(pid, 'status');
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    words: readFile(pid, 'cmdline')
      .split('\0')
      .filter((word) => word !== ''),
    state: field('State').slice(0, 1),
    parent: Number(field('PPid')),
    depth: field('NSpid').split('\t').filter(Boolean).length,
  };
}

/** `NAME=value` each; none of what is gone. */
export function environmentOf(pid: number): string[] {
  return readFile(pid, 'environ').split('\0');
}

/** True once it runs no more; its parent may not have waited for it yet. */
export function hasEnded(pid: number): boolean {
  return ['', 'Z', 'X'].includes(readProcess(pid).state);
}

/** The processes of which that one traces threads. */
export function tracedBy(tracer: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readFile(pid, 'status').includes(`\nTracerPid:\t${tracer}\n`));
}

/** Waits for a process to sleep in a function of the kernel whose name has this in it. Needs root. */
export async function untilIn(pid: number, kernelFunction: string): Promise<void> {
  await eventually(() => {
    const stack = readFile(pid, 'stack');
    if (stack.includes(kernelFunction)) return;
    throw new Error(`process ${pid} is not in ${kernelFunction}:\n${stack}`);
  });
}

function readFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
