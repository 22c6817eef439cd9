/**
 * Connects the caller's terminal to a container's console until the escape character, the end of the
 * container, a hang-up or a signal. The terminal is restored in all cases.
 */
import type { Duplex } from 'node:stream';
import type { WindowSize } from '../../host/native';
import { fileError } from '../../host/state/file-error';
import { isReaderGone } from '../output/output';
import type { SignalSource } from '../shell/command';
import { CommandError } from '../shell/command-error';
import { endingSignals } from '../shell/ending-signals';
import { descriptorOf } from './output-copy';
import type { ScreenKeeper } from './screen-keeper';
import type { Terminal } from './terminal';

export interface Session {
  readonly terminal: Terminal;
  readonly stream: Duplex;
  /** Tells the other side of the terminal's size. */
  readonly resize: (size: WindowSize) => void;
  /** The byte that ends the session, and is not sent. If undefined, all bytes are sent. */
  readonly escape?: number;
  /** Called if the session is left before the other side has ended it; the stream is closed afterwards. */
  readonly onLeave?: () => void;
  /** Restores the terminal's screen. If undefined, the screen stays as the other side has left it. */
  readonly keeper?: ScreenKeeper;
  readonly signals: SignalSource;
}

export type SessionEnd =
  | Readonly<{ how: 'escape' | 'hangup' | 'ended' }>
  | Readonly<{ how: 'signal'; signal: NodeJS.Signals }>;

/** Bytes of input that may be queued for a container that doesn't read; further input stays in the terminal. */
const maximumWaiting = 1024 * 1024;

/** Milliseconds that sending the bytes before the escape character may take. */
const flushTime = 500;

/** Resolves when the session is over; rejects when the console fails, or its output can't be written although the terminal is there. */
export async function attach(session: Session): Promise<SessionEnd> {
  const attachment = new Attachment(session);
  let end: SessionEnd | undefined;
  try {
    end = await attachment.run();
    if (end.how !== 'ended') session.onLeave?.();
    return end;
  } finally {
    // After a hang-up there is no screen to restore.
    if (end?.how !== 'hangup') attachment.restoreScreen();
    attachment.close();
  }
}

class Attachment {
  readonly #session: Session;
  /** Undoes each listener that was added. */
  readonly #releases: (() => void)[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  async run(): Promise<SessionEnd> {
    const { terminal, stream, resize } = this.#session;
    terminal.setMode('raw');
    return await new Promise<SessionEnd>((resolve, reject) => {
      this.#onSignals(endingSignals, (signal) => resolve({ how: 'signal', signal }));
      this.#onSignals(['SIGWINCH'], () => resize(terminal.size()));
      // While this process was stopped, the shell has changed the terminal's mode.
      this.#onSignals(['SIGCONT'], () => terminal.setMode('raw'));
      stream.once('error', reject);
      this.#copyInput(resolve);
      this.#copyOutput(resolve, reject);
    });
  }

  restoreScreen(): void {
    const { terminal, keeper } = this.#session;
    if (keeper) terminal.output().write(keeper.restoration());
  }

  close(): void {
    const { terminal, stream } = this.#session;
    for (const release of this.#releases) release();
    terminal.setMode('normal');
    // After the end of the session an error has no effect.
    stream.on('error', () => undefined);
    stream.destroy();
  }

  #onSignals(names: readonly NodeJS.Signals[], listener: (signal: NodeJS.Signals) => void): void {
    const { signals } = this.#session;
    for (const name of names) {
      signals.on(name, listener);
      this.#releases.push(() => signals.off(name, listener));
    }
  }

  #copyInput(resolve: (end: SessionEnd) => void): void {
    const input = this.#session.terminal.input();
    const onData = (chunk: Buffer): void => {
      const { escape } = this.#session;
      const at = escape === undefined ? -1 : chunk.indexOf(escape);
      if (at < 0) {
        this.#send(chunk);
        return;
      }
      input.off('data', onData);
      this.#leave(chunk.subarray(0, at), resolve);
    };
    // After a hang-up, a read from the terminal fails with EIO.
    const onEnd = (): void => resolve({ how: 'hangup' });
    input.on('data', onData).once('end', onEnd).once('error', onEnd);
    // The shell of this process has paused the input after reading the command.
    input.resume();
    this.#releases.push(() => {
      input.off('data', onData).off('end', onEnd).off('error', onEnd);
      input.pause();
    });
  }

  #send(chunk: Buffer): void {
    const { stream, terminal } = this.#session;
    stream.write(chunk);
    if (stream.writableLength <= maximumWaiting) return;
    const input = terminal.input();
    input.pause();
    stream.once('drain', () => input.resume());
  }

  /** Ends the session once the bytes before the escape character are sent, or `flushTime` is over. */
  #leave(last: Buffer, resolve: (end: SessionEnd) => void): void {
    const { stream } = this.#session;
    const left = (): void => resolve({ how: 'escape' });
    if (last.length === 0 && stream.writableLength === 0) {
      left();
      return;
    }
    const timer = setTimeout(left, flushTime);
    this.#releases.push(() => clearTimeout(timer));
    stream.write(last, left);
  }

  #copyOutput(resolve: (end: SessionEnd) => void, reject: (error: Error) => void): void {
    const { stream, terminal, keeper } = this.#session;
    const output = terminal.output();
    const onData = (chunk: Buffer): void => {
      if (output.write(keeper?.pass(chunk) ?? chunk)) return;
      stream.pause();
      output.once('drain', () => stream.resume());
    };
    const onEnd = (): void => void output.write('', () => resolve({ how: 'ended' }));
    const onGone = (error: Error): void => {
      if (isReaderGone(error, descriptorOf(output))) {
        resolve({ how: 'hangup' });
        return;
      }
      this.#session.onLeave?.();
      const cause = fileError(error, 'write to standard output');
      reject(new CommandError('failed to write all of the output', { cause }));
    };
    output.once('error', onGone);
    stream.once('end', onEnd).once('close', onEnd).on('data', onData);
    // A container that puts nothing out may have ended before anything listens: neither event comes again.
    if (stream.readableEnded || stream.closed) onEnd();
    this.#releases.push(() => {
      stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      output.off('error', onGone);
    });
  }
}
