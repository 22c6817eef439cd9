/** Questions on the caller's terminal. */
import { createInterface } from 'node:readline';
import type { Terminal } from './terminal';

/** False for any answer but `y` or `yes`, at the end of the input, and if it can't be read. */
export async function askYesOrNo(terminal: Terminal, question: string): Promise<boolean> {
  const input = terminal.input();
  const lines = createInterface({ input, output: terminal.output() });
  const answer = await new Promise<string>((resolve) => {
    // As when a terminal is hung up.
    input.once('error', () => resolve(''));
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
    lines.setPrompt(`${question} [y/N] `);
    lines.prompt();
  });
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
