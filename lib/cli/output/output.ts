/**
 * All that the command writes to stdout and stderr, in virsh's manners. Writes are synchronous and go
 * straight to the descriptor, since setting up process.stdout costs more than most commands. Nothing that
 * a container or a definition says reaches the terminal as a control character.
 */
import { fstatSync, writeSync } from 'node:fs';
import { printable } from '../../printable';

/** Where text goes. `write` never throws. */
export interface Sink {
  write(text: string): void;
  /** Why not all of the text could be written; undefined also where the reader has closed its end (EPIPE), as in `… | head -1`. */
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

  /** What was asked for: always written. May have several lines; ends its last line itself. */
  text(text: string): void {
    this.#stdout.write(text);
  }

  /** One line of what was asked for. */
  line(text: string): void {
    this.#stdout.write(`${printable(text)}\n`);
  }

  /** One line that `-q` leaves out. */
  extra(text: string): void {
    if (this.#verbosity === 'normal') this.line(text);
  }

  /** Why not all of what was asked for could be written, if so. */
  get failure(): Error | undefined {
    return this.#stdout.failure?.();
  }

  error(text: string): void {
    this.#stderr.write(`error: ${printable(text)}\n`);
  }

  /** One line on stderr about what is done otherwise than might be expected. Also with `-q`. */
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
    write(text: string): void {
      if (failed !== undefined) return;
      try {
        writeAll(fd, Buffer.from(text));
      } catch (error) {
        failed = error as Error;
      }
    },
    failure: () => (failed === undefined || isReaderGone(failed, fd) ? undefined : failed),
  };
}

/** Whether a write failed since its reader has closed the other end, or a terminal was hung up. That is no fault. */
export function isReaderGone(error: unknown, fd: number): boolean {
  const code = codeOf(error);
  return code === 'EPIPE' || (code === 'EIO' && isCharacterDevice(fd));
}

/** isatty(3) says no more of a terminal that was hung up. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Writes all of it, waiting where the descriptor is non-blocking. */
function writeAll(fd: number, bytes: Buffer): void {
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
