/** Runs start-parent.py: a Python parent of `tslxc start --background --console-fd 27 --handshake-fd 30`. */
import { join } from 'node:path';
import { commandLine, runProgram } from './run-command';
import type { TestDomain } from '../domain/test-domain';

export interface ParentOrder {
  readonly console: 'socketpair' | 'pty';
  /** The command is killed when there is such a file. */
  readonly kill_when?: string;
  /** Typed on the console once the handshake is over. */
  readonly type?: string;
  /** What the console has to say to it. */
  readonly until?: string;
}

export interface ParentResult {
  /** All that came on the handshake's descriptor up to its end. */
  readonly message: string;
  /** From the start of the command to the end of the message. */
  readonly milliseconds: number;
  /** Which program init was when the message had come. */
  readonly init: string | null;
  /** Exit status of the command; negative for a signal. */
  readonly status: number;
  readonly console: string;
}

export async function startFromParent(
  { name, root }: TestDomain,
  order: ParentOrder,
  env: Readonly<Record<string, string>> = {},
): Promise<ParentResult> {
  const options = ['--background', '--console-fd', '27', '--handshake-fd', '30'];
  const argv = commandLine('start', name, ...options);
  const script = join(__dirname, 'start-parent.py');
  const words = ['python3', script, JSON.stringify({ ...order, argv })];
  const { code, stdout, stderr } = await runProgram(words, { root, env });
  if (code !== 0) throw new Error(`start-parent.py failed: ${stderr}`);
  return JSON.parse(stdout) as ParentResult;
}
