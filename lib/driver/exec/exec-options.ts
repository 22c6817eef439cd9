/** How a command is run in a container. */
import type { WindowSize } from '../../host/native';

/** How `Domain.exec` runs a command. */
export interface ExecOptions {
  /** Variables that are added to the environment that init was started with, or replace variables of it. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Working directory: an absolute path in the container. Default: that of init. */
  readonly cwd?: string | undefined;
  /**
   * `USER` or `USER:GROUP`, by name or number, looked up from the host in the passwd(5) and group(5) of the container's root.
   * Default: as init.
   */
  readonly user?: string | undefined;
  /** Gives the command a controlling terminal of this size, instead of pipes. */
  readonly tty?: WindowSize | undefined;
  /**
   * `init` (default): that of the container. `none`: the command keeps the label of this process, so that the host's
   * security module does not confine it as it does the container.
   */
  readonly securityLabel?: 'init' | 'none' | undefined;
  /**
   * `pipe`: the caller writes to the stream and ends it; `ignore`: an empty input; else the bytes of the input. Default: `pipe`,
   * or an empty input for a command that is awaited without using `started`. On a terminal, bytes are typed, and then ^D once, which ends the
   * input of the program that reads there as long as the terminal is not in raw mode.
   */
  readonly stdin?: 'pipe' | 'ignore' | Uint8Array | undefined;
  /** Ends the command and everything that it has started, by SIGKILL. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds from its execve(2), after which the command and everything that it has started are ended: from 1 to 2,147,483,647.
   * Default: none.
   */
  readonly timeout?: number | undefined;
  /** When the command is awaited: text, decoded from UTF-8 (default), or the bytes. */
  readonly encoding?: 'utf8' | 'buffer' | undefined;
  /**
   * When the command is awaited: how many bytes are kept of its stdout, and as many of its stderr. A command that writes more is
   * ended, with everything that it has started, and rejects with MAX_BUFFER_EXCEEDED. Default: 16 MiB.
   */
  readonly maxBuffer?: number | undefined;
}

/** How `Domain.execDetached` runs a command; `signal` only aborts its start. See ExecOptions. */
export type DetachedOptions = Pick<
  ExecOptions,
  'env' | 'cwd' | 'user' | 'securityLabel' | 'signal'
>;
