/** The caller's own terminal: raw while a console is attached, and as it was before in every other case. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Readable, Writable } from 'node:stream';
import { native } from '../../host/native';
import type { WindowSize } from '../../host/native';

export interface Terminal {
  /** Whether stdin is a terminal. */
  isInteractive(): boolean;
  /** Whether stdout is one as well. */
  isShown(): boolean;
  size(): WindowSize;
  /** `raw`: every byte as it is, both ways; `keys`: only what is typed; `normal`: as it was when this process began. */
  setMode(mode: 'raw' | 'keys' | 'normal'): void;
  input(): Readable;
  output(): Writable;
  errors(): Writable;
}

const stdin = 0;
const stdout = 1;

/** The terminal on stdin and stdout of this process. Touches neither before it is asked to. */
export function processTerminal(): Terminal {
  const restore = (): void => {
    process.stdin.setRawMode(false);
  };
  return {
    isInteractive: () => isatty(stdin),
    isShown: () => isatty(stdin) && isatty(stdout),
    size: () => native().windowSize(stdin),
    input: () => process.stdin,
    output: () => process.stdout,
    errors: () => process.stderr,
    setMode(mode): void {
      process.off('exit', restore);
      // A terminal that has been hung up can't be set (EIO), nor need it be.
      process.stdin.off('error', ignore).on('error', ignore);
      if (mode === 'normal') {
        restore();
        return;
      }
      process.on('exit', restore);
      // Node remembers the attributes to go back to; its own raw mode still changes the container's
      // line ends (ONLCR), so that cfmakeraw(3) follows.
      process.stdin.setRawMode(true);
      if (mode === 'raw') native().makeRaw(stdin);
    },
  };
}

/**
 * Before the end of the process: Node puts the attributes of its terminals back and aborts when it can't,
 * which is so after a hang-up. It passes over descriptors that are closed.
 */
export function closeLostTerminal(): void {
  for (const fd of [0, 1, 2]) {
    try {
      if (!isatty(fd)) closeSync(fd);
    } catch {
      // It was closed all along.
    }
  }
}

function ignore(): void {
  // The reader of the input gets the same error.
}

/** The byte that `^]` or `x` stands for. */
export function escapeByte(escape: string): number {
  const [first, second] = [escape.charCodeAt(0), escape.toUpperCase().charCodeAt(1)];
  return escape.startsWith('^') ? second ^ 0x40 : first;
}
