/**
 * Runs skopeo and umoci to their end. They are killed when this process dies or the call is aborted, and have their own session,
 * so that Ctrl-C reaches only this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TslxcError } from '../errors';
import { abortedBy, onAbort } from '../host/abort-listener';
import { programPath } from '../host/program';

export interface ToolCall {
  readonly program: 'skopeo' | 'umoci';
  readonly args: readonly string[];
  /** The step that an error names. */
  readonly step: string;
  readonly signal: AbortSignal | undefined;
  /** Where it may keep files of its own. */
  readonly temporary: string;
  /** A descriptor that the program gets as 3. */
  readonly descriptor?: number;
}

/** Characters of its error output that are searched for the reason, which is at the end. */
const longestWords = 4096;

/**
 * Resolves to what the program wrote to standard output.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED, naming the Debian package, if there is no such program; OPERATION_FAILED with the
 * program's own reason; OPERATION_ABORTED.
 */
export async function runTool(call: ToolCall): Promise<string> {
  const { program, args, step, signal, temporary, descriptor } = call;
  const path = programPath({ program, package: program, step });
  throwIfEnded(signal);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', path, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
    // With the caller's environment: proxies, and where credentials of registries are.
    env: { ...process.env, LC_ALL: 'C', TMPDIR: temporary },
  });
  const stop = onAbort(signal, () => void child.kill('SIGKILL'));
  try {
    const [output, words] = [textOf(child, 'stdout'), textOf(child, 'stderr')];
    const [code, ended] = (await once(child, 'close')) as [number | null, string | null];
    throwIfEnded(signal);
    if (code === 0) return output();
    const reason = reasonIn(words()) || `it ended with ${ended ?? `exit code ${String(code)}`}`;
    throw new TslxcError('OPERATION_FAILED', `${program}: ${reason} (${step})`, { step });
  } finally {
    stop();
  }
}

function throwIfEnded(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedBy(signal);
}

function textOf(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  child[name]?.on('data', (chunk: Buffer) => {
    if (name === 'stderr') chunks.splice(0, Math.max(0, chunks.length - 64));
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** The last line, without what its logger puts around it. */
function reasonIn(words: string): string {
  const lines = words.slice(-longestWords).split('\n');
  const last = lines.filter((line) => line.trim() !== '').at(-1) ?? '';
  const [, quoted] = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(last) ?? [];
  return (quoted?.replace(/\\(.)/g, '$1') ?? last.replace(/^\s*⨯\s*/, '')).trim();
}
