/** What reaches stdout and stderr. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Output, descriptorSink } from '../../../../lib/cli/output/output';
import { printable } from '../../../../lib/printable';
import { sinkText } from '../../../support/process/sink-text';

function outputs(verbosity: 'normal' | 'quiet'): {
  output: Output;
  stdout: string[];
  stderr: string[];
} {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const output = new Output(
    { write: (data) => stdout.push(sinkText(data)) },
    { write: (data) => stderr.push(sinkText(data)) },
    verbosity,
  );
  return { output, stdout, stderr };
}

test('quiet leaves out the extra lines only', () => {
  const { output, stdout, stderr } = outputs('quiet');
  output.extra("Domain 'web' started");
  output.line('-');
  output.error('no');
  expect(stdout).toEqual(['-\n']);
  expect(stderr).toEqual(['error: no\n']);
});

test.each<[string, string]>([
  ['plain é 漢', 'plain é 漢'],
  ['\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
  ['two\nlines\r', 'two\\x0alines\\x0d'],
  ['\u009b31m', '\\xc2\\x9b31m'],
  ['\u202etxt', '\\xe2\\x80\\xaetxt'],
  ['\u007f', '\\x7f'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('errors, notes and lines are made printable', () => {
  const { output, stdout, stderr } = outputs('normal');
  output.line('a\u001b');
  output.note('b\u001b');
  output.error('c\u001b');
  expect([...stdout, ...stderr]).toEqual(['a\\x1b\n', 'b\\x1b\n', 'error: c\\x1b\n']);
});

test('a descriptor gets every byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  const file = join(folder, 'out');
  const fd = openSync(file, 'w');
  const sink = descriptorSink(fd);
  const text = 'ö'.repeat(200_000);
  sink.write(text);
  expect(readFileSync(file, 'utf8')).toBe(text);
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test.each([
  { what: 'a full device', path: '/dev/full', code: 'ENOSPC' },
  { what: 'no descriptor', path: undefined, code: 'EBADF' },
])('$what throws nothing, and is told of', ({ path, code }) => {
  const fd = path === undefined ? 1_000_000 : openSync(path, 'w');
  const sink = descriptorSink(fd);
  expect(sink.failure?.()).toBeUndefined();
  sink.write('lost');
  expect(sink.failure?.()).toMatchObject({ code });
  if (path !== undefined) closeSync(fd);
});

test('a pipe without a reader is no failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const both = openSync(fifo, 'r+');
  const fd = openSync(fifo, 'w');
  closeSync(both);
  const sink = descriptorSink(fd);
  sink.write('lost');
  expect(sink.failure?.()).toBeUndefined();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});
