/** Reading the log of a console, also across rotations. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogReader } from '../../../../lib/container/console/console-log';
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
  return Buffer.concat(reader.read().map(({ bytes }) => bytes)).toString();
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

describe('times', () => {
  type Entry = readonly [position: number, bytes: number, milliseconds: number];

  const entry = ([position, bytes, milliseconds]: Entry): Buffer => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(position, 0);
    record.writeUInt32LE(bytes, 4);
    record.writeBigUInt64LE(BigInt(milliseconds), 8);
    return record;
  };

  /** As the monitor writes them for the log with this inode. */
  function timesOf(inode: bigint, entries: readonly Entry[], format = 1n): Buffer {
    const header = Buffer.alloc(16);
    header.writeBigUInt64LE(format, 0);
    header.writeBigUInt64LE(inode, 8);
    return Buffer.concat([header, ...entries.map(entry)]);
  }

  const inodeOf = (path: string): bigint => statSync(path, { bigint: true }).ino;

  /** The time of each byte that has not been read yet, in milliseconds. */
  function times(): (number | undefined)[] {
    return reader
      .read()
      .flatMap(({ bytes, timeAt }) => [...bytes].map((_, index) => timeAt(index)?.getTime()));
  }

  test('are those of the piece that a byte was written with, and none where no record is', () => {
    writeFileSync(file, 'abcdefg');
    writeFileSync(
      `${file}.times`,
      timesOf(inodeOf(file), [
        [1, 2, 10],
        [3, 1, 20],
        [5, 1, 30],
      ]),
    );
    expect(times()).toEqual([undefined, 10, 10, 20, undefined, 30, undefined]);
  });

  test('of pieces that were cut short, or grew, are those that were recorded last', () => {
    writeFileSync(file, 'abc');
    const records = (...entries: Entry[]): Buffer => timesOf(inodeOf(file), entries);
    writeFileSync(`${file}.times`, records([0, 9, 10], [2, 1, 20]));
    expect(times()).toEqual([10, 10, 20]);
    appendFileSync(file, 'de');
    writeFileSync(`${file}.times`, records([0, 9, 10], [2, 2, 20], [4, 1, 30]));
    expect(times()).toEqual([20, 30]);
  });

  test('follow their log when it is put aside', () => {
    writeFileSync(file, 'a');
    writeFileSync(`${file}.times`, timesOf(inodeOf(file), [[0, 1, 10]]));
    expect(times()).toEqual([10]);
    appendFileSync(file, 'b');
    appendFileSync(`${file}.times`, entry([1, 1, 20]));
    rotate();
    renameSync(`${file}.times`, `${file}.1.times`);
    appendFileSync(file, 'c');
    writeFileSync(`${file}.times`, timesOf(inodeOf(file), [[0, 1, 30]]));
    expect(times()).toEqual([20, 30]);
  });

  test.each([
    ['another log', (): Buffer => timesOf(1n, [[0, 1, 10]])],
    ['another format', (): Buffer => timesOf(inodeOf(file), [[0, 1, 10]], 2n)],
    ['a header that was not written whole', (): Buffer => timesOf(1n, []).subarray(0, 9)],
    [
      'a record that was not written whole',
      (): Buffer => timesOf(inodeOf(file), [[0, 1, 10]]).subarray(0, 31),
    ],
  ])('are not taken from a file with %s', (_, content) => {
    writeFileSync(file, 'a');
    writeFileSync(`${file}.times`, content());
    expect(times()).toEqual([undefined]);
  });
});
