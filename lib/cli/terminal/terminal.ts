/** The caller's own terminal. Its mode is only changed while a console is attached, or keys are read. */
import { closeSync, createReadStream, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Readable, Writable } from 'node:stream';
import { native } from '../../host/native';
import type { WindowSize } from '../../host/native';

export interface Terminal {
  /** Whether stdin is a terminal. */
  isInteractive(): boolean;
  /** Whether both stdin and stdout are terminals. */
  isShown(): boolean;
  size(): WindowSize;
  /** `raw`: no byte is changed in either direction; `keys`: only input is raw; `normal`: the mode when this process started. */
  setMode(mode: 'raw' | 'keys' | 'normal'): void;
  input(): Readable;
  output(): Writable;
  errors(): Writable;
}

const stdin = 0;
const stdout = 1;

/** The terminal on stdin and stdout of this process. Neither is touched before it is used. */
export function processTerminal(): Terminal {
  let input: Readable | undefined;
  const restore = (): void => {
    process.stdin.setRawMode(false);
  };
  return {
    isInteractive: () => isatty(stdin),
    isShown: () => isatty(stdin) && isatty(stdout),
    size: () => native().windowSize(stdin),
    input: () => heeded((input ??= standardInput())),
    output: () => heeded(process.stdout),
    errors: () => heeded(process.stderr),
    setMode(mode): void {
      process.off('exit', restore);
      // After a hang-up the mode can't be set (EIO), and need not be.
      heeded(process.stdin);
      if (mode === 'normal') {
        restore();
        return;
      }
      process.on('exit', restore);
      // Node saves the attributes to restore. Its own raw mode still changes the container's line
      // ends (ONLCR), so cfmakeraw(3) follows.
      process.stdin.setRawMode(true);
      if (mode === 'raw') native().makeRaw(stdin);
    },
  };
}

/** Of a directory process.stdin is a stream without content: the error of a read would be lost. */
function standardInput(): Readable {
  if (!fstatSync(stdin).isDirectory()) return process.stdin;
  return createReadStream('', { fd: stdin, autoClose: false });
}

/**
 * Called before the process exits: Node restores the attributes of its terminals, and aborts if it can't,
 * as after a hang-up. It skips closed descriptors, so those of a lost terminal are closed here.
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

/** The same stream, an error of which does not end this process: whoever reads or writes at that time gets it too. */
function heeded<T extends Readable | Writable>(stream: T): T {
  stream.off('error', ignore).on('error', ignore);
  return stream;
}

function ignore(): void {
  // See `heeded`.
}

/** The byte that `^]` or `x` stands for. */
export function escapeByte(escape: string): number {
  const [first, second] = [escape.charCodeAt(0), escape.toUpperCase().charCodeAt(1)];
  return escape.startsWith('^') ? second ^ 0x40 : first;
}
