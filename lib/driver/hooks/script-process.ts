/**
 * One run of a script, under a runner (native/monitor/script-runner.h). The runner ends the script, with everything that it has
 * started, when its channel to this process is closed: because this process is gone, or because the script has run out of time.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { onAbort } from '../../host/abort-listener';
import { monitorPath, requireBuilt } from '../../host/package-paths';

export interface ScriptRun {
  readonly path: string;
  readonly words: readonly string[];
  /** Standard input. */
  readonly input: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ScriptEnd {
  readonly outcome: 'succeeded' | 'failed';
  /** How it ended, in words: `exited with status 3`. */
  readonly how: string;
  /** What it has written to standard output and error together, and to standard error alone. */
  readonly output: string;
  readonly errors: string;
}

/** How many bytes of a script's output are kept, for the log and for an error. */
const keptOutput = 16_384;

/** Milliseconds to wait for the end of a script's output once it has exited: a process that it has left running may keep it open. */
const outputTime = 200;

/** Milliseconds to wait for the end of a killed script: a process may be in the kernel, out of reach of SIGKILL. */
const killTime = 2000;

/** Resolves when the script has ended, or does not end although it was killed. An abort kills it too. */
export async function runToEnd(run: ScriptRun): Promise<ScriptEnd> {
  requireBuilt();
  const child = spawn(monitorPath, ['run-script', run.path, ...run.words], {
    argv0: 'tslxc-script',
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
  });
  const output = collect(child);
  const [stdin] = child.stdio;
  // A script need not read its input, and a runner writes nothing to its channel.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  stdin.end(run.input);
  const how = await untilEnd(child, run);
  await Promise.race([output.ended, sleep(outputTime)]);
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
  return {
    outcome: how === succeeded ? 'succeeded' : 'failed',
    how,
    output: output.text(),
    errors: output.errors(),
  };
}

const succeeded = 'exited with status 0';

async function untilEnd(child: ChildProcess, { timeout, signal }: ScriptRun): Promise<string> {
  let reason: string | undefined;
  let patience: NodeJS.Timeout | undefined;
  return await new Promise<string>((resolve) => {
    const kill = (why: string): void => {
      if (reason !== undefined) return;
      reason = why;
      child.stdio[3]?.destroy();
      const tooLong = `was to be killed ${why}, and has not ended`;
      patience = setTimeout(() => resolve(tooLong), killTime);
    };
    const timer = setTimeout(() => kill(`after ${timeout / 1000} s`), timeout);
    const stop = onAbort(signal, () => kill('since the caller asked for it'));
    const end = (how: string): void => {
      clearTimeout(timer);
      clearTimeout(patience);
      stop();
      resolve(reason === undefined ? how : `was killed ${reason}`);
    };
    child.on('error', (error) => end(`could not be executed: ${error.message}`));
    child.on('exit', (code, by) =>
      end(by === null ? `exited with status ${String(code)}` : `was killed by ${by}`),
    );
  });
}

interface Output {
  readonly ended: Promise<unknown>;
  readonly text: () => string;
  readonly errors: () => string;
}

function collect({ stdout, stderr }: ChildProcess): Output {
  const [all, errors]: [Buffer[], Buffer[]] = [[], []];
  let size = 0;
  const keep = (chunk: Buffer, ...lists: Buffer[][]): void => {
    if (size >= keptOutput) return;
    size += chunk.length;
    for (const list of lists) list.push(chunk.subarray(0, keptOutput));
  };
  stdout?.on('data', (chunk: Buffer) => keep(chunk, all));
  stderr?.on('data', (chunk: Buffer) => keep(chunk, all, errors));
  const ended = Promise.all(
    [stdout, stderr].map((stream) => new Promise((resolve) => stream?.on('close', resolve))),
  );
  const text = (list: Buffer[]) => Buffer.concat(list).toString('utf8');
  return { ended, text: () => text(all), errors: () => text(errors) };
}

/** The environment that libvirt gives its hooks. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  const { username } = userInfo();
  return {
    LC_ALL: 'C',
    PATH: PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: homedir(),
    USER: username,
    LOGNAME: username,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
  };
}
