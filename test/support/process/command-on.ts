/**
 * The command on one root, in this process, for tests of what its verbs do and of what they refuse. Which verbs and options the
 * tests try is read from the words that they give to these (test/support/source/command-uses.ts).
 */
import { runCommand, runSuccessfully } from './run-command';
import type { CommandResult } from './run-command';

export interface CommandOn {
  /** Runs `tslxc` with the words of a line, and more that may have spaces in them; exit code 0. Resolves with its stdout. */
  readonly says: (line: string, ...more: readonly string[]) => Promise<string>;
  /** The same of what has to fail. Resolves with its stderr. */
  readonly refuses: (line: string, ...more: readonly string[]) => Promise<string>;
  /** Rows of a line that has to fail, and what its stderr has to contain. */
  readonly refusesEach: (rows: readonly (readonly [string, string])[]) => Promise<void>;
}

export function commandOn(root: () => string): CommandOn {
  const run = (line: string, more: readonly string[]): Promise<CommandResult> =>
    runCommand([...line.split(' '), ...more], { root: root() });
  return {
    says: (line, ...more) => runSuccessfully([...line.split(' '), ...more], { root: root() }),
    async refuses(line, ...more) {
      const { code, stdout, stderr } = await run(line, more);
      if (code !== 0) return stderr;
      throw new Error(`'tslxc ${line}' was not refused: it has said '${stdout}'`);
    },
    async refusesEach(rows) {
      const said: [string, string][] = [];
      for (const [line] of rows) {
        const { code, stdout, stderr } = await run(line, []);
        said.push([line, code === 0 ? `not refused: ${stdout}` : stderr]);
      }
      const wanted = rows.map(([line, words]) => [line, expect.stringContaining(words) as string]);
      expect(said).toEqual(wanted);
    },
  };
}
