/**
 * Everything that the command writes to stdout and stderr, in virsh's style. Writes are synchronous and go
 * straight to the descriptor, since setting up process.stdout costs more than most commands. No text of
 * a container or a definition reaches the terminal as a control character.
 */
import { fstatSync, writeSync } from 'node:fs';
import { printable } from '../../printable';

/** Where text goes. `write` never throws. */
export interface Sink {
  write(data: string | Uint8Array): void;
  /** Why not all of the text could be written; undefined also if the reader has closed its end (EPIPE), as in `… | head -1`. */
  failure?(): Error | undefined;
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
  return {
    write(data): void {
      if (failed !== undefined) return;
      try {
        writeAll(fd, typeof data === 'string' ? Buffer.from(data) : data);
      } catch (error) {
        failed = error as Error;
      }
    },
    failure: () => (failed === undefined || isReaderGone(failed, fd) ? undefined : failed),
  };
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
