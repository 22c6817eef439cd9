/** Reads a line that is not shown, such as a password: from a terminal without echo, or from what stdin is instead. */
import { fileError } from '../../../host/state/file-error';
import type { Terminal } from '../../terminal/terminal';

const keys = { interrupt: 0x03, end: 0x04, erase: 0x7f, backspace: 0x08, clear: 0x15 } as const;
const lineEnds = [0x0a, 0x0d];

/**
 * Undefined when the input ends before the line does, or the user gives up by Ctrl+C or Ctrl+D.
 *
 * @throws SyscallError if it can't be read.
 */
export async function readHiddenLine(terminal: Terminal): Promise<Buffer | undefined> {
  const isTyped = terminal.isInteractive();
  if (isTyped) terminal.setMode('keys');
  const input = terminal.input();
  try {
    return await firstLine(input, isTyped ? 'typed' : 'given');
  } finally {
    input.pause();
    if (isTyped) terminal.setMode('normal');
  }
}

function firstLine(
  input: NodeJS.ReadableStream,
  origin: 'typed' | 'given',
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let line: number[] = [];
    const stop = (result: Buffer | undefined): void => {
      input.off('data', take).off('end', end).off('error', fail);
      resolve(result);
    };
    const fail = (error: Error): void => reject(fileError(error, 'read standard input'));
    const end = (): void =>
      stop(origin === 'given' && line.length > 0 ? Buffer.from(line) : undefined);
    const take = (chunk: Buffer | string): void => {
      for (const byte of Buffer.from(chunk as string)) {
        if (lineEnds.includes(byte)) {
          stop(Buffer.from(line));
          return;
        }
        if (origin === 'typed' && (byte === keys.interrupt || byte === keys.end)) {
          stop(undefined);
          return;
        }
        if (origin === 'typed' && byte === keys.clear) line = [];
        else if (origin === 'typed' && (byte === keys.erase || byte === keys.backspace)) line.pop();
        else line.push(byte);
      }
    };
    input.on('data', take).on('end', end).on('error', fail);
  });
}
