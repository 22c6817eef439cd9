/** Runs a command line of `tslxc` inside the test's own process, on a fake connection, and keeps what it says. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { main } from '../../../lib/cli/shell/invocation';
import type { Terminal } from '../../../lib/cli/terminal/terminal';
import type { ConnectOptions } from '../../../lib/driver/types';
import { FakeConnection } from '../../support/fake/connection/fake-connection';
import { sinkText } from '../../support/process/sink-text';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly connection: FakeConnection;
  /** Arguments of connect(), one a call. */
  readonly connects: readonly (readonly [string, ConnectOptions])[];
}

export interface RunOptions {
  readonly connection?: FakeConnection;
  readonly environment?: Record<string, string | undefined>;
  /** What connect() rejects with. */
  readonly refusal?: Error;
  readonly terminal?: Terminal;
  readonly signals?: EventEmitter;
}

export class FakeTerminal implements Terminal {
  readonly typed = new PassThrough();
  readonly shown = new PassThrough();
  readonly complaints = new PassThrough();
  readonly modes: string[] = [];
  readonly #kind: 'tty' | 'pipe';

  constructor(kind: 'tty' | 'pipe' = 'tty') {
    this.#kind = kind;
  }

  isInteractive(): boolean {
    return this.#kind === 'tty';
  }

  isShown(): boolean {
    return this.isInteractive();
  }

  size(): { rows: number; columns: number } {
    return { rows: 24, columns: 80 };
  }

  setMode(mode: 'raw' | 'normal'): void {
    this.modes.push(mode);
  }

  input(): PassThrough {
    return this.typed;
  }

  output(): PassThrough {
    return this.shown;
  }

  errors(): PassThrough {
    return this.complaints;
  }
}

/** `words` is split at blanks, unless it is a list. */
export async function run(
  words: string | readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const connection = options.connection ?? new FakeConnection();
  const connects: [string, ConnectOptions][] = [];
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const status = await main(typeof words === 'string' ? words.split(' ') : words, {
    environment: options.environment ?? {},
    stdout: { write: (data) => stdout.push(sinkText(data)) },
    stderr: { write: (data) => stderr.push(sinkText(data)) },
    terminal: options.terminal ?? new FakeTerminal('pipe'),
    signals: options.signals ?? new EventEmitter(),
    connect: async (uri, connectOptions) => {
      connects.push([uri, connectOptions]);
      await Promise.resolve();
      if (options.refusal !== undefined) throw options.refusal;
      return connection.asConnection();
    },
  });
  return { status, stdout: stdout.join(''), stderr: stderr.join(''), connection, connects };
}
