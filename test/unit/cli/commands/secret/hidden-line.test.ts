/** A line that is not shown: from a terminal, and from what stdin is instead. */
import { PassThrough } from 'node:stream';
import { readHiddenLine } from '../../../../../lib/cli/commands/secret/hidden-line';
import type { Terminal } from '../../../../../lib/cli/terminal/terminal';

function terminal(kind: 'terminal' | 'pipe') {
  const input = new PassThrough();
  const modes: string[] = [];
  const fake: Pick<Terminal, 'isInteractive' | 'setMode' | 'input'> = {
    isInteractive: () => kind === 'terminal',
    setMode: (mode) => void modes.push(mode),
    input: () => input,
  };
  return { input, modes, read: () => readHiddenLine(fake as Terminal) };
}

test('a typed line ends with Enter, is corrected by its keys, and never echoed', async () => {
  const { input, modes, read } = terminal('terminal');
  const line = read();
  expect(modes).toEqual(['keys']);
  input.write('wrong\x15hunteX\x7f');
  input.write('r2\rmore');
  expect((await line)?.toString()).toBe('hunter2');
  expect(modes).toEqual(['keys', 'normal']);
});

test.each([
  ['Ctrl+C', '\x03'],
  ['Ctrl+D', '\x04'],
])('%s gives up', async (_key, typed) => {
  const { input, modes, read } = terminal('terminal');
  const line = read();
  input.write(`half${typed}`);
  expect(await line).toBeUndefined();
  expect(modes.at(-1)).toBe('normal');
});

test('from a pipe it is the first line, with any byte, and the last one may lack its end', async () => {
  const given = terminal('pipe');
  const line = given.read();
  given.input.write('a\x03b\nrest');
  expect((await line)?.toString()).toBe('a\x03b');
  const last = terminal('pipe');
  const unended = last.read();
  last.input.end('only');
  expect((await unended)?.toString()).toBe('only');
  const empty = terminal('pipe');
  const none = empty.read();
  empty.input.end();
  expect(await none).toBeUndefined();
  expect([given.modes, last.modes]).toEqual([[], []]);
});

test('input that can not be read is an error of the read', async () => {
  const { input, read } = terminal('pipe');
  const line = read();
  input.destroy(Object.assign(new Error('EISDIR'), { errno: -21, syscall: 'read' }));
  await expect(line).rejects.toMatchObject({ errno: 21, step: 'read standard input' });
});
