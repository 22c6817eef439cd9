/**
 * Everything that the command writes to stdout and stderr, in virsh's style. Writes are synchronous and go
 * straight to the descriptor, since setting up process.stdout costs more than most commands. No text of
 * a container or a definition reaches the terminal as a control character.
 */
import { constants, fstatSync, readFileSync, writeSync } from 'node:fs';
import type * as Native from '../../host/native';
import { printable } from '../../printable';

/** Where text goes. `write` never throws. */
export interface Sink {
  write(data: string | Uint8Array): void;
  /** Why not all of the text could be written; undefined also if the reader has closed its end (EPIPE), as in `… | head -1`. */
  failure?(): Error | undefined;
  /** Fires at the first write that fails, for whatever reason: nothing more can be written. */
  readonly lost?: AbortSignal;
  /** Until the function that it returns is called, `lost` fires as well when the last reader of a pipe closes its end. */
  watch?(): () => void;
}

export class Output {
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #verbosity: 'normal' | 'quiet';

  constructor(stdout: Sink, stderr: Sink, verbosity: 'normal' | 'quiet') {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#verbosity = verbosity;
  }

  get verbosity(): 'normal' | 'quiet' {
    return this.#verbosity;
  }

  /** Output that was requested: always written. May have several lines, and must end the last one itself. */
  text(text: string): void {
    this.#stdout.write(text);
  }

  /** Requested output that is no text, such as the value of a secret. */
  bytes(data: Uint8Array): void {
    this.#stdout.write(data);
  }

  /** One line of requested output. */
  line(text: string): void {
    this.#stdout.write(`${printable(text)}\n`);
  }

  /** One line that is not written with `-q`. */
  extra(text: string): void {
    if (this.#verbosity === 'normal') this.line(text);
  }

  /**
   * For what goes on until it is ended from outside: it ends when `lost` fires, as nobody will read what it writes. That is after a
   * failed write or, in a pipe, also while there is nothing to write.
   */
  async whileRead<T>(action: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const stop = this.#stdout.watch?.();
    try {
      return await action(this.#stdout.lost ?? new AbortController().signal);
    } finally {
      stop?.();
    }
  }

  /** Why not all of the requested output could be written; undefined if it was. */
  get failure(): Error | undefined {
    return this.#stdout.failure?.();
  }

  error(text: string): void {
    this.#stderr.write(`error: ${printable(text)}\n`);
  }

  /** One line on stderr about something that may be unexpected. Also written with `-q`. */
  warning(text: string): void {
    this.#stderr.write(`warning: ${printable(text)}\n`);
  }

  /** One line on stderr that is not an error. */
  note(text: string): void {
    this.#stderr.write(`${printable(text)}\n`);
  }
}

/** A descriptor as a sink. */
export function descriptorSink(fd: number): Sink {
  let failed: Error | undefined;
  const lost = new AbortController();
  return {
    write(data): void {
      if (failed !== undefined) return;
      try {
        writeAll(fd, typeof data === 'string' ? Buffer.from(data) : data);
      } catch (error) {
        failed = error as Error;
        lost.abort();
      }
    },
    lost: lost.signal,
    watch: () => watchReader(fd, () => lost.abort()),
    failure: () => (failed === undefined || isReaderGone(failed, fd) ? undefined : failed),
  };
}

/** Calls `onGone` when the pipe has no reader any more; for other descriptors never, as only a write to them tells. Returns what ends it. */
function watchReader(fd: number, onGone: () => void): () => void {
  if (!isWriteEnd(fd)) return () => undefined;
  // Loaded on demand: most commands are over sooner, and some don't need it at all.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const addon = (require('../../host/native') as typeof Native).native();
  // The end for writing is never readable: all that is told of it is that its reader has gone.
  const watch = addon.watchReadable(fd, () => {
    addon.changeWatch(watch, 'off');
    onGone();
  });
  addon.changeWatch(watch, 'on');
  return () => addon.changeWatch(watch, 'ended');
}

/** Whether it is a pipe that can only be written to. */
function isWriteEnd(fd: number): boolean {
  try {
    if (!fstatSync(fd).isFIFO()) return false;
    const flags = /^flags:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return (parseInt(flags ?? '', 8) & 3) === constants.O_WRONLY;
  } catch {
    return false;
  }
}

/** Whether a write failed because the reader has closed its end, or the terminal was hung up, which are not errors. */
export function isReaderGone(error: unknown, fd: number): boolean {
  const code = codeOf(error);
  return code === 'EPIPE' || (code === 'EIO' && isCharacterDevice(fd));
}

/** For a terminal that was hung up, isatty(3) is false. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Writes all bytes; waits if the descriptor is non-blocking. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
