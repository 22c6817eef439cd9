/**
 * All that the command writes to stdout and stderr, in virsh's manners. Writes are synchronous and go
 * straight to the descriptor, since setting up process.stdout costs more than most commands. Nothing that
 * a container or a definition says reaches the terminal as a control character.
 */
import { writeSync } from 'node:fs';

/** Where text goes; `write` never throws for a reader that has gone away. */
export interface Sink {
  write(text: string): void;
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

  error(text: string): void {
    this.#stderr.write(`error: ${printable(text)}\n`);
  }

  /** One line on stderr that is not an error. */
  note(text: string): void {
    this.#stderr.write(`${printable(text)}\n`);
  }
}

// Control characters, unpaired surrogates, line separators, and what turns the reading direction.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with each byte of a character that could steer a terminal as `\xNN`, as virsh shows them. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) =>
    Buffer.from(character).reduce(
      (all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`,
      '',
    ),
  );
}

/** The same of a text of several lines: their ends, and tabs, stay as they are. */
export function printableText(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}

/** A descriptor as a sink. */
export function descriptorSink(fd: number): Sink {
  let reader: 'there' | 'gone' = 'there';
  return {
    write(text: string): void {
      if (reader === 'there' && !writeAll(fd, Buffer.from(text))) reader = 'gone';
    },
  };
}

/** Writes all of it, waiting where the descriptor is non-blocking; false when the reader is gone. */
function writeAll(fd: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (!isFull(error)) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return true;
}

function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN';
}
