/**
 * Hook scripts of the administrator: they are called for what happens, and may refuse it. Their arguments and their standard
 * input are those of libvirt's hooks (https://libvirt.org/hooks.html).
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { namesIn } from '../../host/names-in';
import { readSettings } from '../../host/settings';
import { throwIfAborted } from '../session/abort';
import type { Session } from '../session/session';
import { runToEnd } from './script-process';
import { checkTrusted } from './trusted-script';
import { isThere } from '../../host/state/file-error';

/** Which script it is. */
export type HookKind = 'lxc' | 'network' | 'daemon';

/** Whose scripts they are, and where their calls are logged. */
export type HookPlace = Pick<Session, 'paths' | 'logger'>;

/** What a script is told: its arguments and its standard input. */
export interface HookCall {
  /** Name of the domain or network; `-` of the daemon. */
  readonly object: string;
  /** Such as `prepare`. */
  readonly operation: string;
  readonly phase: 'begin' | 'end' | '-';
  /** The reason, with `release`; what has happened to the daemon; else `-`. */
  readonly extra?: string;
  readonly input: string;
  /** Of the caller: the script is killed when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** The scripts that were found of one kind. */
export interface Scripts {
  readonly paths: readonly string[];
  /** Milliseconds that each may take. */
  readonly timeout: number;
}

/** The longest timeout of Node.js, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/** In the order of their calls: `KIND`, then the executables in `KIND.d`; those of libvirt's folder, if enabled, after tslxc's own. */
export function findScripts({ paths }: HookPlace, kind: HookKind): Scripts {
  const { hookTimeout, libvirtHooks } = readSettings(paths);
  const folders = [paths.hooks, ...(libvirtHooks ? [join(paths.root, 'etc/libvirt/hooks')] : [])];
  const found = folders
    .filter((folder) => isThere(folder))
    .flatMap((folder) => {
      const more = join(folder, `${kind}.d`);
      return [
        join(folder, kind),
        ...namesIn(more)
          .sort()
          .map((name) => join(more, name)),
      ];
    });
  const timeout = Math.min(hookTimeout * 1000, longestTimer);
  return { paths: found.filter(isExecutable), timeout };
}

/**
 * Runs them one after the other, until one fails.
 *
 * @throws TslxcError HOOK_SCRIPT_FAILED with the script's path and what it wrote to its standard error: it exited with a status
 * other than 0, took too long, can be changed by users other than root, or could not be executed; OPERATION_ABORTED.
 */
export async function runScripts(
  place: HookPlace,
  scripts: Scripts,
  call: HookCall,
): Promise<void> {
  for (const path of scripts.paths) await runScript(place, { path, ...scripts }, call);
}

interface Script {
  readonly path: string;
  readonly timeout: number;
}

async function runScript({ logger }: HookPlace, script: Script, call: HookCall): Promise<void> {
  const { path, timeout } = script;
  const { object, operation, phase, extra = '-', input, signal } = call;
  const words = [object, operation, phase, extra];
  throwIfAborted(signal);
  checkTrusted(path);
  const { outcome, how, output, errors } = await runToEnd({ path, words, input, timeout, signal });
  logger.debug({ hook: path, arguments: words, output }, `hook ${how}`);
  if (outcome === 'succeeded') return;
  throwIfAborted(signal);
  const said = errors.trim();
  const detail = `${[path, ...words].join(' ')} ${how}${said === '' ? '' : `: ${said}`}`;
  throw new TslxcError('HOOK_SCRIPT_FAILED', detail, { path, step: `hook ${operation}` });
}

function isExecutable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && (found.mode & 0o111) !== 0;
}
