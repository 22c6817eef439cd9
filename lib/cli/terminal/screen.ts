/** Uses the whole terminal as a screen that is redrawn repeatedly, and restored afterwards. */
import type { SignalSource } from '../shell/command';
import type { Terminal } from './terminal';

export interface ScreenParts {
  readonly terminal: Terminal;
  readonly signals: SignalSource;
  /** Called with each key, except those that leave the screen. */
  readonly onKey: (key: string) => void;
}

/** Switch to the alternate screen without a cursor, and back (xterm's DECSET 1049 and 25). */
const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
/** Moves the cursor to the top left; the next two erase the rest of the line and of the screen. */
const home = '\x1b[H';
const restOfLine = '\x1b[K';
const restOfScreen = '\x1b[J';

/** q, and ^C and ^D, which are ordinary bytes in this mode. */
const leaving = ['q', '\x03', '\x04'];

const ends: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class Screen {
  readonly #parts: ScreenParts;
  readonly #over = new AbortController();
  readonly #stop = (): void => this.#over.abort();
  readonly #take = (chunk: Buffer | string): void => {
    for (const key of String(chunk)) {
      if (leaving.includes(key)) this.#stop();
      else this.#parts.onKey(key);
    }
  };

  /** Takes the terminal; `close` gives it back. */
  constructor(parts: ScreenParts) {
    this.#parts = parts;
    const { terminal, signals } = parts;
    for (const name of ends) signals.on(name, this.#stop);
    terminal.setMode('keys');
    // Never removed: the last write of `close` fails as well after a hang-up.
    terminal.output().on('error', this.#stop).write(enter);
    terminal.input().on('data', this.#take).on('close', this.#stop).on('end', this.#stop);
  }

  /** Fires when the user leaves the screen, or the terminal is gone. */
  get left(): AbortSignal {
    return this.#over.signal;
  }

  /** Shows these lines, cut to the size of the terminal. */
  draw(lines: readonly string[]): void {
    if (this.#over.signal.aborted) return;
    const { rows, columns } = this.#parts.terminal.size();
    const shown = lines.slice(0, Math.max(rows - 1, 1));
    const text = shown.map(
      (line) => `${Array.from(line).slice(0, columns).join('')}${restOfLine}\r\n`,
    );
    this.#parts.terminal.output().write(`${home}${text.join('')}${restOfScreen}`);
  }

  close(): void {
    const { terminal, signals } = this.#parts;
    for (const name of ends) signals.off(name, this.#stop);
    const input = terminal.input();
    input.off('data', this.#take).off('close', this.#stop).off('end', this.#stop);
    input.pause();
    terminal.output().write(leave);
    terminal.setMode('normal');
  }
}
