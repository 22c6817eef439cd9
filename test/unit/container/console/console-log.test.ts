/** Reading the log of a console: lines, and across rotations. */
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogReader, LineCutter } from '../../../../lib/container/console/console-log';
import { statePaths } from '../../../../lib/host/state/state-paths';

let root: string;
let file: string;
let reader: ConsoleLogReader;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
  const paths = statePaths(root);
  mkdirSync(paths.logs, { recursive: true });
  file = join(paths.logs, 'web.console.log');
  reader = new ConsoleLogReader(paths, 'web');
});

afterEach(() => {
  reader[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

function read(): string {
  return Buffer.concat(reader.read()).toString();
}

/** As the monitor does when the file is full. */
function rotate(): void {
  renameSync(file, `${file}.1`);
  writeFileSync(file, '');
}

test('nothing is read of a log that is not there, and all of it once it is', () => {
  expect(read()).toBe('');
  writeFileSync(file, 'one\n');
  expect(read()).toBe('one\n');
  expect(read()).toBe('');
});

test('the file that was put aside comes first', () => {
  writeFileSync(`${file}.1`, 'old\n');
  writeFileSync(file, 'new\n');
  expect(read()).toBe('old\nnew\n');
});

test('what was put aside and nothing more is read too', () => {
  writeFileSync(`${file}.1`, 'old\n');
  expect(read()).toBe('old\n');
});

test('a rotation loses nothing of what stood at the end of the old file', () => {
  writeFileSync(file, 'a');
  expect(read()).toBe('a');
  appendFileSync(file, 'b');
  rotate();
  appendFileSync(file, 'c');
  expect(read()).toBe('bc');
  appendFileSync(file, 'd');
  expect(read()).toBe('d');
});

test('a rotation without a new file is waited for', () => {
  writeFileSync(file, 'a');
  expect(read()).toBe('a');
  renameSync(file, `${file}.1`);
  expect(read()).toBe('');
  writeFileSync(file, 'b');
  expect(read()).toBe('b');
});

test('two rotations since the last look are told of, and what is left is read', () => {
  writeFileSync(file, 'a');
  expect(read()).toBe('a');
  rotate();
  appendFileSync(file, 'b');
  rotate();
  appendFileSync(file, 'c');
  expect(read()).toBe('\n[tslxc: some output may be missing here]\nbc');
});

describe('lines', () => {
  const lines = (...pieces: (string | Buffer)[]): string[] => {
    const cutter = new LineCutter();
    const found = pieces.flatMap((piece) => cutter.take([Buffer.from(piece)]));
    return [...found, ...cutter.finish()];
  };

  test('end with \\n or \\r\\n, and the last one may have no end', () => {
    expect(lines('a\r\nb\n\r\nc')).toEqual(['a', 'b', '', 'c']);
    expect(lines('')).toEqual([]);
    expect(lines('a\n')).toEqual(['a']);
  });

  test('may come in pieces, in the middle of a character too', () => {
    const bytes = Buffer.from('grüße\n');
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(lines(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['grüße']);
    }
  });

  test('that never end come in pieces of whole characters', () => {
    const text = 'ü'.repeat(100_000);
    for (const found of [lines(text), lines(`${text}\n`), lines(`x${text}`)]) {
      expect(found.length).toBeGreaterThan(3);
      expect(found.join('').replace('x', '')).toBe(text);
    }
  });
});
