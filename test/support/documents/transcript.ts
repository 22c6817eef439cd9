/** A block of `console`: lines that are typed, and what is shown in between. */

/** A line after the prompt, and the lines of a here-document that belong to it. */
export interface TypedCommand {
  readonly lines: readonly string[];
}

const prompt = '# ';

/** What is typed in a block, in its order. */
export function typedCommands(text: string): TypedCommand[] {
  const commands: TypedCommand[] = [];
  let document: { readonly end: string; readonly lines: string[] } | undefined;
  for (const line of text.trimEnd().split('\n')) {
    if (document !== undefined) {
      document.lines.push(line);
      if (line === document.end) document = undefined;
    } else if (line.startsWith(prompt)) {
      const lines = [line.slice(prompt.length)];
      commands.push({ lines });
      const [, end] = /<<(\w+)/.exec(line) ?? [];
      if (end !== undefined) document = { end, lines };
    }
  }
  return commands;
}

/**
 * What differs from run to run: pids, times, sizes of processes, what memory is in use. Then widths of columns, which
 * follow from them.
 */
const volatile: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^ \d+ +(?=\S+ +(?:running|paused)$)/, ' ID '],
  [/^(root +\d+) +[\d.]+ +[\d.]+ +\d+ +\d+ (\S+) +(\S+) +\d\d:\d\d +\d+:\d\d/, '$1 $2 $3'],
  [/^(major_fault|minor_fault|disk_caches|rss) \d+$/, '$1 N'],
  // A program with another nice value than 0 has an N or a < there.
  [/^(root +\d+ \S+ [A-Z])[N<]/, '$1'],
  // A shell that has started a command runs for a moment before it waits for it.
  [/^(root +\d+ \S+) [RD](?=\S* )/, '$1 S'],
  [/^USER .*/, 'USER'],
  [/-{3,}/, '---'],
  [/ {2,}/g, ' '],
];

/** Both what is printed in a document and what came of it, so that they can be compared. */
export function comparable(transcript: string): string[] {
  return transcript
    .trimEnd()
    .split('\n')
    .map((line) =>
      volatile.reduce((text, [pattern, to]) => text.replace(pattern, to), line).trimEnd(),
    );
}
