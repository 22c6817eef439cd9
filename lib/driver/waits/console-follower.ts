/**
 * The first console of a running container, read along from its replay on: to look for something in its output, and for
 * the last lines of a container that dies.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StringDecoder } from 'node:string_decoder';
import type { ConsoleStream } from '../../container/console/console-stream';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definition-store';
import { openConsole } from '../lookup/inspect';
import type { Session } from '../session/session';

/** Characters that are kept: what is looked for may lie across pieces, but not across more than this. */
const windowSize = 64 * 1024;
/** What is shown of a container that has died. */
const shownLines = 10;
const shownColumns = 400;
/** Milliseconds that the last bytes of a container that has ended may take. */
const patience = 1000;

export class ConsoleFollower {
  /** Resolves when no more output comes. */
  readonly ended: Promise<void>;
  readonly #stream: ConsoleStream;
  readonly #decoder = new StringDecoder('utf8');
  #window = '';
  #look: (text: string) => void = () => undefined;

  private constructor(stream: ConsoleStream) {
    this.#stream = stream;
    this.ended = new Promise((resolve) => {
      stream.once('close', resolve);
    });
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    // The end of the container is told of by others.
    stream.on('error', () => undefined);
  }

  /** @throws TslxcError OPERATION_INVALID when nothing runs; INVALID_ARG without a console. */
  static async attach(session: Session, identity: Identity): Promise<ConsoleFollower> {
    return new ConsoleFollower(await openConsole(session, identity, {}));
  }

  /** The same where it is not needed: undefined when it can't be had, or may not be. */
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

  /** What matches in the output, as soon as it does; never, when nothing ever does. */
  find(pattern: RegExp): Promise<RegExpExecArray> {
    // Those with g or y begin where the last one ended.
    const expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    return new Promise((resolve) => {
      this.#look = (text) => {
        const match = expression.exec(text);
        if (match !== null) resolve(match);
      };
      this.#look(this.#window);
    });
  }

  /** The last lines of a container that has ended, without control characters. */
  async lastLines(): Promise<string[]> {
    const over = new AbortController();
    const late = sleep(patience, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.ended, late]);
    over.abort();
    const lines = this.#window.split(/[\r\n]+/).map(withoutControls);
    return lines
      .filter((line) => line.trim() !== '')
      .slice(-shownLines)
      .map((line) => line.slice(0, shownColumns));
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#window = (this.#window + this.#decoder.write(chunk)).slice(-windowSize);
    this.#look(this.#window);
  }
}

/** Without what steers a terminal: CSI sequences of ECMA-48, and other control characters. */
function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|[\u0000-\u001f\u007f-\u009f]/g, '');
}
