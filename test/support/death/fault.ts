/** System calls of a running process that fail, by strace(1): the nth of its kind since then, in each of its threads. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endStrace } from '../process/strace-end';

export interface Fault {
  readonly call: string;
  /** `EIO`. */
  readonly error: string;
  /** From 1. */
  readonly nth: number;
}

/** Runs `action` with the fault armed. Resolves with its result and whether the fault has come about. */
export async function withFault<T>(
  pid: number,
  { call, error, nth }: Fault,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly injected: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-fault-'));
  const log = join(folder, 'trace');
  const inject = `inject=${call}:error=${error}:when=${nth}`;
  const words = ['-f', '-p', String(pid), '-o', log, '-e', `trace=${call}`, '-e', inject];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'close');
  try {
    await attached(strace.stderr);
    const result = await action();
    await endStrace(strace, ended);
    return { result, injected: readFileSync(log, 'utf8').includes('(INJECTED)') };
  } finally {
    strace.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function attached(stderr: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of stderr) {
    text += String(chunk);
    if (text.includes('attached')) break;
  }
  if (!text.includes('attached')) throw new Error(`strace did not attach: ${text}`);
}
