/**
 * Scripts of the administrator that are told of what happens, and may refuse it, with the arguments and the standard input of
 * libvirt's hooks (https://libvirt.org/hooks.html).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants as system, homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { readSettings } from '../../host/settings';
import { namesIn } from '../../host/names-in';
import type { Session } from '../session/session';

/** Which script it is. */
export type HookKind = 'lxc' | 'network';

/** What a script is told: its arguments and its standard input. */
export interface HookCall {
  /** Name of the domain or network. */
  readonly object: string;
  /** Such as `prepare`. */
  readonly operation: string;
  readonly phase: 'begin' | 'end';
  /** The reason, with `release`; else `-`. */
  readonly extra?: string;
  readonly input: string;
}

/** The scripts of one kind, as they were found. */
export interface Scripts {
  readonly paths: readonly string[];
  /** Milliseconds that each may take. */
  readonly timeout: number;
}

/** How much of what a script writes is kept for the log and an error, in bytes. */
const keptOutput = 16_384;

/** How long the output of a script is waited for once it has exited; one that it has left running may keep it open. */
const outputTime = 200;

/** In their order: `KIND`, and then what is executable in `KIND.d`; of libvirt's folder, if that is asked for, after ours. */
export function findScripts({ paths }: Session, kind: HookKind): Scripts {
  const { hookTimeout, libvirtHooks } = readSettings(paths);
  const folders = [paths.hooks, ...(libvirtHooks ? [join(paths.root, 'etc/libvirt/hooks')] : [])];
  const found = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => {
      const more = join(folder, `${kind}.d`);
      return [
        join(folder, kind),
        ...namesIn(more)
          .sort()
          .map((name) => join(more, name)),
      ];
    });
  return { paths: found.filter(isExecutable), timeout: hookTimeout * 1000 };
}

/**
 * Runs them one after the other, until one fails.
 *
 * @throws TslxcError HOOK_SCRIPT_FAILED with the script's path and what it wrote to its standard error: it exited with another
 * status than 0, took too long, may be changed by others than root, or could not be executed.
 */
export async function runScripts(
  session: Session,
  scripts: Scripts,
  call: HookCall,
): Promise<void> {
  for (const path of scripts.paths) await runScript(session, { path, ...scripts }, call);
}

interface Script {
  readonly path: string;
  readonly timeout: number;
}

async function runScript(session: Session, script: Script, call: HookCall): Promise<void> {
  const { path, timeout } = script;
  const { object, operation, phase, extra = '-' } = call;
  const words = [object, operation, phase, extra];
  checkOwner(path);
  // A caller that is killed takes its script along: the next process does not meet it.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', path, ...words], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
  });
  const output = collect(child);
  // A script need not read it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(call.input);
  const how = await untilExit(child, timeout);
  await Promise.race([output.ended, sleep(outputTime)]);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  const text = output.text();
  session.logger.debug({ hook: path, arguments: words, output: text }, `hook ${how}`);
  if (how === 'exited with status 0') return;
  const said = output.errors().trim();
  const detail = `${[path, ...words].join(' ')} ${how}${said === '' ? '' : `: ${said}`}`;
  throw new TslxcError('HOOK_SCRIPT_FAILED', detail, { path, step: `hook ${operation}` });
}

/** In words. After `timeout` it is killed, with what it has started in its process group. */
async function untilExit(child: ChildProcess, timeout: number): Promise<string> {
  return await new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child);
    }, timeout);
    const end = (how: string): void => {
      clearTimeout(timer);
      resolve(isLate ? `was killed after ${timeout / 1000} s` : how);
    };
    child.on('error', (error) =>
      end(`could not be executed by setpriv of util-linux: ${error.message}`),
    );
    child.on('exit', (code, signal) =>
      end(signal === null ? `exited with status ${String(code)}` : `was killed by ${signal}`),
    );
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
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

/** That of libvirt's hooks. */
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

/** What others may change would run as root. */
function checkOwner(path: string): void {
  const { uid, mode } = statSync(path);
  const others = 0o022;
  if (uid === 0 && (mode & others) === 0) return;
  const detail = `${path} may be changed by others than root: chown root and chmod go-w it`;
  throw new TslxcError('HOOK_SCRIPT_FAILED', detail, { path, errno: system.errno.EPERM });
}

function isExecutable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && (found.mode & 0o111) !== 0;
}
