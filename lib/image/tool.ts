/**
 * Runs skopeo and umoci to their end. They are killed when this process dies, the call is aborted or they stall, and have their own
 * session, so that Ctrl-C reaches only this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TslxcError } from '../errors';
import { abortedBy, onAbort } from '../host/abort-listener';
import { Stall } from '../host/kernel/stall';
import { programPath, stalled } from '../host/program';

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
  /** What an error says besides why the program has failed. */
  readonly hintFor?: (why: string) => Promise<string>;
}

/** A registry that answers so late has stopped answering; and work on files reads or writes all the time. */
const usualPatience = 5 * 60_000;

/** Characters of its error output that are searched for the reason, which is at the end. */
const longestWords = 4096;

/**
 * Resolves to what the program wrote to standard output.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED, naming the Debian package, if there is no such program; OPERATION_FAILED with the
 * program's own reason; OPERATION_ABORTED; OPERATION_TIMEOUT when it has neither read nor written anything for `patience` milliseconds.
 */
export async function runTool(call: ToolCall, patience = usualPatience): Promise<string> {
  const { program, args, step, signal, temporary, descriptor } = call;
  const path = programPath({ program, package: program, step });
  // It does not heed TMPDIR for what it unpacks, which would stay in /var/tmp when it is killed.
  const places = program === 'skopeo' ? ['--tmpdir', temporary] : [];
  throwIfEnded(signal);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', path, ...places, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
    // With the caller's environment: proxies, and where credentials of registries are.
    env: { ...process.env, LC_ALL: 'C', TMPDIR: temporary },
  });
  const kill = (): void => void child.kill('SIGKILL');
  const stop = onAbort(signal, kill);
  let reason: string;
  try {
    using stall = new Stall(child.pid, patience, kill);
    const [output, words] = [textOf(child, 'stdout'), textOf(child, 'stderr')];
    const [code, ended] = (await once(child, 'close')) as [number | null, string | null];
    throwIfEnded(signal);
    if (stall.isSeen) throw stalled(call, patience);
    if (code === 0) return output();
    reason = reasonIn(words()) || `it ended with ${ended ?? `exit code ${String(code)}`}`;
  } finally {
    stop();
  }
  const hint = (await call.hintFor?.(reason)) ?? '';
  throwIfEnded(signal);
  throw new TslxcError('OPERATION_FAILED', `${program}: ${reason}${hint} (${step})`, { step });
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
