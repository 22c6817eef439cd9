/** A question on the caller's terminal. */
import { createInterface } from 'node:readline';
import type { Terminal } from './terminal';

/** False for anything but `y` or `yes`, and for the end of the input. */
export async function askYesOrNo(terminal: Terminal, question: string): Promise<boolean> {
  const lines = createInterface({ input: terminal.input(), output: terminal.output() });
  const answer = await new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
    lines.setPrompt(`${question} [y/N] `);
    lines.prompt();
  });
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
