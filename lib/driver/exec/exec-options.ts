/** How a command is run in a container. */
import type { WindowSize } from '../../host/native';

/** How `Domain.exec` runs a command. */
export interface ExecOptions {
  /** Variables that are added to the environment that init was started with, or replace its. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory: an absolute path in the container. Default: that of init. */
  readonly cwd?: string;
  /**
   * `USER` or `USER:GROUP`, by name or number, looked up in the container's own passwd(5) and group(5) as its root has them
   * on the host. Default: as init.
   */
  readonly user?: string;
  /** Gives the command a controlling terminal of this size, in the place of pipes. */
  readonly tty?: WindowSize;
  /**
   * `init` (default): that of the container. `none`: the command keeps the label of this process, so that the host's
   * security module does not confine it as it does the container.
   */
  readonly securityLabel?: 'init' | 'none';
  /**
   * `pipe`: the caller writes to the stream and ends it; `ignore`: an empty input; else the bytes of the input. Default: `pipe`,
   * and an empty input for a command that is awaited without a look at `started`.
   */
  readonly stdin?: 'pipe' | 'ignore' | Uint8Array;
  /** Ends the command and all that it has started, by SIGKILL. */
  readonly signal?: AbortSignal;
  /** Milliseconds from its execve(2), after which the command and all that it has started are ended. Default: none. */
  readonly timeout?: number;
  /** When the command is awaited: text, decoded from UTF-8 (default), or the bytes. */
  readonly encoding?: 'utf8' | 'buffer';
  /**
   * When the command is awaited: bytes that are kept of its output, and as many of its errors. A command that puts out more is
   * ended, with all that it has started, and rejects with MAX_BUFFER_EXCEEDED. Default: 16 MiB.
   */
  readonly maxBuffer?: number;
}

/** How `Domain.execDetached` runs a command; `signal` only gives up its start. See ExecOptions. */
export type DetachedOptions = Pick<
  ExecOptions,
  'env' | 'cwd' | 'user' | 'securityLabel' | 'signal'
>;
