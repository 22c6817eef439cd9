/** What reaches stdout and stderr. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A fifo, and a descriptor for reading and writing it, without which another for writing could not be opened. */
function openFifo(): { folder: string; fifo: string; both: number } {
  const folder = mkdtempSync(join(tmpdir(), 'output-'));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  return { folder, fifo, both: openSync(fifo, 'r+') };
}

test('a pipe without a reader is no failure', () => {
  const { folder, fifo, both } = openFifo();
  const fd = openSync(fifo, 'w');
  closeSync(both);
  const sink = descriptorSink(fd);
  expect(sink.lost?.aborted).toBe(false);
  sink.write('lost');
  expect(sink.failure?.()).toBeUndefined();
  expect(sink.lost?.aborted).toBe(true);
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

describe('what goes on', () => {
  const silent = { write: (): void => undefined };

  test('ends when the reader of its pipe has gone, also while there is nothing to write', async () => {
    const { folder, fifo, both } = openFifo();
    const fd = openSync(fifo, 'w');
    const output = new Output(descriptorSink(fd), silent, 'normal');
    output.text('some');
    const lost = output.whileRead(async (signal) => {
      await sleep(20);
      const before = signal.aborted;
      closeSync(both);
      await once(signal, 'abort');
      return before;
    });
    expect(await lost).toBe(false);
    expect(output.failure).toBeUndefined();
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  test('does not take what it has written itself for the end of the reader', async () => {
    const { folder, both } = openFifo();
    const output = new Output(descriptorSink(both), silent, 'normal');
    output.text('some');
    const isLost = await output.whileRead(async (signal) => {
      await sleep(20);
      return signal.aborted;
    });
    expect(isLost).toBe(false);
    closeSync(both);
    rmSync(folder, { recursive: true });
  });

  test('ends at the first write to a full disk', async () => {
    const fd = openSync('/dev/full', 'w');
    const output = new Output(descriptorSink(fd), silent, 'normal');
    const isLost = await output.whileRead((signal) => {
      output.text('lost');
      return Promise.resolve(signal.aborted);
    });
    expect(isLost).toBe(true);
    expect(output.failure).toMatchObject({ code: 'ENOSPC' });
    closeSync(fd);
  });
});
