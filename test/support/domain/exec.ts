/** Commands in containers, for tests: what they said and how they ended; and their processes as the host sees them. */
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { TslxcError } from 'tslxc';
import type { CommandResult, Domain, ExecOptions } from 'tslxc';
import { eventually } from '../time/eventually';
import { listProcesses, readProcess } from '../process/processes';

export interface Ran {
  readonly result: CommandResult;
  readonly stdout: string;
  readonly stderr: string;
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Runs a command without input to its end. */
export async function runIn(
  domain: Domain,
  argv: readonly string[],
  options: Omit<ExecOptions, 'tty' | 'encoding'> = {},
): Promise<Ran> {
  const process = await domain.exec(argv, { stdin: 'ignore', ...options }).started;
  const [stdout, stderr, result] = await Promise.all([
    textOf(process.stdout),
    textOf(process.stderr),
    process.result,
  ]);
  return { result, stdout, stderr };
}

/**
 * Has a container of busybox rebooted by a command in it. That ends with all other processes when the kernel ends init, which may
 * be before the one that looks after it has said that it is executed: then the call fails, and has done its work.
 */
export async function rebootFromInside(domain: Domain): Promise<void> {
  await domain.exec(['/bin/busybox', 'reboot', '-f']).catch((error: unknown) => {
    const isOver = ['OPERATION_INVALID', 'OPERATION_FAILED'] as const;
    if (!isOver.some((code) => TslxcError.is(error, code))) throw error;
  });
}

/** The host's pids of the processes with these words of a command line that live. */
export function pidsOf(...words: readonly string[]): number[] {
  return listProcesses().filter((pid) => {
    const process = readProcess(pid);
    return process.words.join(' ') === words.join(' ') && stateOf(pid) !== 'Z';
  });
}

export function pidOf(...words: readonly string[]): Promise<number> {
  return eventually(() => {
    const [pid] = pidsOf(...words);
    if (pid === undefined) throw new Error(`no process '${words.join(' ')}'`);
    return pid;
  });
}

/** The host's pids of the processes that look after commands. */
export function helpers(): number[] {
  return listProcesses().filter((pid) => nameOf(pid) === 'tslxc-exec' && stateOf(pid) !== 'Z');
}

function nameOf(pid: number): string {
  return /^Name:\s*(.*)$/m.exec(statusOf(pid))?.[1] ?? '';
}

function stateOf(pid: number): string {
  return /^State:\s*(\w)/m.exec(statusOf(pid))?.[1] ?? 'Z';
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
