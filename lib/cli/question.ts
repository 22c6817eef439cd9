/** A question on the caller's terminal. */
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal';

/** False for anything but `y` or `yes`, and for the end of the input. */
export async function askYesOrNo(terminal: Terminal, question: string): Promise<boolean> {
  const lines = createInterface({ input: terminal.input(), output: terminal.output() });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
