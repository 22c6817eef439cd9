/** The input of a command, if it is known from the beginning. */
import type { PipedProcess, TerminalProcess } from '../../container/exec/command-process';

/** VEOF of a new terminal, see termios(3): what has been typed is read at once, and nothing at all is the end. */
const endKey = 0x04;
const newline = 0x0a;

/** What is used of a command on pipes, or on a terminal. */
type FedCommand = Pick<PipedProcess, 'stdin'> | Pick<TerminalProcess, 'terminal'>;

/** Gives the command these bytes, and the end of its input. On a terminal, they are typed. */
export function feedInput(command: FedCommand, bytes: Uint8Array = new Uint8Array()): void {
  const input = 'terminal' in command ? command.terminal : command.stdin;
  // A command need not read all of its input.
  input.on('error', () => undefined);
  if ('terminal' in command) input.write(typed(bytes));
  else input.end(bytes);
}

/** After a line that has no end, the first key only has it read. */
function typed(bytes: Uint8Array): Uint8Array {
  const isInLine = bytes.length > 0 && bytes.at(-1) !== newline;
  return Buffer.concat([bytes, Buffer.from(isInLine ? [endKey, endKey] : [endKey])]);
}
