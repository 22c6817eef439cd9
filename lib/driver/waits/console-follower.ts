/**
 * Reads the first console of a running container, from its replay on: to search its output, and to show the last lines of
 * a container that ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsoleStream } from '../../container/console/console-stream';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { openConsole } from '../inspect/inspect';
import type { Session } from '../session/session';
import { fromStart, OutputWindow } from './output-window';

/** How many lines of a container that has ended are shown, and how much of each. */
const shownLines = 10;
const shownColumns = 400;
/** Milliseconds that the last bytes of a container may take after its end. */
const patience = 1000;

export class ConsoleFollower {
  /** Resolves when no more output comes. */
  readonly ended: Promise<void>;
  readonly #stream: ConsoleStream;
  readonly #window = new OutputWindow();
  #look: (text: string) => void = () => undefined;

  private constructor(stream: ConsoleStream) {
    this.#stream = stream;
    this.ended = new Promise((resolve) => {
      stream.once('close', resolve);
    });
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    // The end of the container is noticed elsewhere.
    stream.on('error', () => undefined);
  }

  /** @throws TslxcError OPERATION_INVALID when nothing runs; INVALID_ARG without a console. */
  static async attach(session: Session, identity: Identity): Promise<ConsoleFollower> {
    return new ConsoleFollower(await openConsole(session, identity, {}));
  }

  /** As `attach`, but undefined when there is no console, or the connection is read-only. */
  static async attachIfAny(
    session: Session,
    identity: Identity,
  ): Promise<ConsoleFollower | undefined> {
    if (session.access === 'read-only') return undefined;
    try {
      return await ConsoleFollower.attach(session, identity);
    } catch (error) {
      if (TslxcError.is(error)) return undefined;
      throw error;
    }
  }

  /** Resolves to the first match in the output, as soon as there is one. */
  find(pattern: RegExp): Promise<RegExpExecArray> {
    const expression = fromStart(pattern);
    return new Promise((resolve) => {
      this.#look = (text) => {
        const match = expression.exec(text);
        if (match !== null) resolve(match);
      };
      this.#look(this.#window.text);
    });
  }

  /** The last lines of a container that has ended, without control characters. */
  async lastLines(): Promise<string[]> {
    const over = new AbortController();
    const late = sleep(patience, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.ended, late]);
    over.abort();
    return shown(this.#window.text.split(/[\r\n]+/));
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#look(this.#window.take(chunk));
  }
}

/** The last of these lines, as an error shows them: without empty ones and control characters, and not too long. */
export function shown(lines: readonly string[]): string[] {
  return lines
    .map(withoutControls)
    .filter((line) => line.trim() !== '')
    .slice(-shownLines)
    .map((line) => line.slice(0, shownColumns));
}

/** Without control characters, and the CSI sequences of ECMA-48 that control a terminal. */
function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|[\u0000-\u001f\u007f-\u009f]/g, '');
}
