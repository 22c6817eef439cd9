/**
 * What a command of `tslxc` is: a row of plain data for parsing and help, and the function that carries
 * it out. It gets everything that it touches as an argument, so that tests can give it something else.
 */
import type { Logger } from '../../host/logger';
import type { Connection } from '../../index';
import type { Option, Options } from './arguments';
import type { GlobalOptions } from './globals';
import type { Output } from '../output/output';
import type { Terminal } from '../terminal/terminal';

export const groups = {
  domain: 'Domain Management',
  monitor: 'Domain Monitoring',
  host: 'Host and Hypervisor',
  network: 'Networking',
  image: 'Images',
  snapshot: 'Snapshot',
  tslxc: 'Tslxc itself',
} as const;

export type Group = keyof typeof groups;

export interface Command {
  readonly group: Group;
  /** One line for the overview, lower case, no full stop. */
  readonly summary: string;
  /** A few sentences; lines are broken where they shall be. */
  readonly description: string;
  readonly options: readonly Option[];
  /** `none`: all that follows the verb, but for `--help`, is one option `words` of several. */
  readonly parsing?: 'none';
  /** One command line that works, without a prompt. */
  readonly example: string;
  /** `hidden`: not in the overview, since no user calls it. `unlisted`: likewise, since it only refuses. */
  readonly visibility?: 'hidden' | 'unlisted';
  /** `alone`: nothing of ours is on stdout, which is that of a command in the container. */
  readonly stdout?: 'alone';
  /** The exit status for what the command line or `run` fails with; 1 without it. */
  failureStatus?(error: unknown): number;
  /** Resolves to the exit status when it is not 0; rejects with what is to be shown. */
  run(context: Context, options: Options): Promise<number | undefined>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** Everything that a command may touch. */
export interface Context {
  readonly output: Output;
  readonly globals: GlobalOptions;
  /** Variables of the environment. A command deletes one that its child processes must not get. */
  readonly environment: Record<string, string | undefined>;
  /** The connection, opened at the first call; `logger` is used where `-d` or `-l` gave none. */
  connect(logger?: Logger): Promise<Connection>;
  /** The caller's own terminal. */
  readonly terminal: Terminal;
  /** Where signals to this process arrive. */
  readonly signals: SignalSource;
  /** The shell that the command is one of; a command line alone is one with a single command. */
  readonly shell: Shell;
}

/** What commands may do with the shell that they are typed into. */
export interface Shell {
  /** Whether it reads commands, from a terminal or a pipe, rather than from its command line. */
  readonly isReading: boolean;
  /** Closes the connection, and opens one by `uri`: by default the one that the environment names. */
  reconnect(target: ConnectTarget): Promise<void>;
  /** No command follows this one. */
  leave(): void;
}

/** What a shell is to be connected to. */
export interface ConnectTarget {
  readonly uri: string | undefined;
  readonly access: GlobalOptions['access'];
}

/** The part of `process` that tells of signals. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}
