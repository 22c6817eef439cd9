/**
 * A command of `tslxc`: plain data for parsing and help, and the function that carries it out. The function gets everything that
 * it uses as an argument, so that tests can replace it.
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
  filter: 'Network Filter',
  interface: 'Interface',
  nodedev: 'Node Device',
  network: 'Networking',
  secret: 'Secret',
  pool: 'Storage Pool',
  volume: 'Storage Volume',
  image: 'Images',
  snapshot: 'Snapshot',
  tslxc: 'Tslxc itself',
} as const;

export type Group = keyof typeof groups;

export interface Command {
  readonly group: Group;
  /** One line for the overview, lower case, no full stop. */
  readonly summary: string;
  /** A few sentences, with line breaks where they are to appear. */
  readonly description: string;
  readonly options: readonly Option[];
  /** `loose`: all options of the table are required; others are skipped, whatever they are. */
  readonly parsing?: 'loose';
  /** An example command line that works, without a prompt. */
  readonly example: string;
  /** `hidden`: not in the overview, since users don't call it. `unlisted`: not in the overview, since it is always refused. */
  readonly visibility?: 'hidden' | 'unlisted';
  /**
   * `alone`: only the command's own output goes to stdout, without virsh's empty line behind it: that of a program in the container,
   * and the data of verbs that virsh does not have.
   */
  readonly stdout?: 'alone';
  /** The exit status for an error of the command line or of `run`. Default: 1. */
  failureStatus?(error: unknown): number;
  /** Resolves to the exit status, or to undefined for 0; rejects with the error to show. */
  run(context: Context, options: Options): Promise<number | undefined>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** Everything that a command may use. */
export interface Context {
  readonly output: Output;
  readonly globals: GlobalOptions;
  /** Environment variables. A command deletes those that its child processes must not inherit. */
  readonly environment: Record<string, string | undefined>;
  /** The connection, which is opened by the first call. `logger` is used if neither `-d` nor `-l` was given. */
  connect(logger?: Logger): Promise<Connection>;
  /** The caller's own terminal. */
  readonly terminal: Terminal;
  /** Where signals to this process arrive. */
  readonly signals: SignalSource;
  /** The shell that runs the command; a command line is a shell with a single command. */
  readonly shell: Shell;
}

/** What commands may do with the shell that runs them. */
export interface Shell {
  /** Closes the connection, and opens another one. If `uri` is undefined, the environment determines it. */
  reconnect(target: ConnectTarget): Promise<void>;
  /** Ends the shell after this command. */
  leave(): void;
}

/** The target of a new connection. */
export interface ConnectTarget {
  readonly uri: string | undefined;
  readonly access: GlobalOptions['access'];
}

/** The part of `process` for listening to signals. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}
