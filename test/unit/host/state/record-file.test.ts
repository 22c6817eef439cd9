/** Records are replaced as a whole, and what another program has put in their place is neither followed nor waited for. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRecord, readRecord, writeRecord } from '../../../../lib/host/state/record-file';
import { recordFormat } from '../../../../lib/host/state/record-format';

let folder: string;
let path: string;
let canary: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tslxc-record-'));
  path = join(folder, 'run/record.json');
  canary = join(folder, 'canary');
  writeFileSync(canary, '{"secret":1}');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a record is made with its folder, for its owner alone, and read again', () => {
  writeRecord(path, { a: 1 });
  writeRecord(path, { a: 2 });
  expect(readRecord(path)).toEqual({ a: 2 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
});

test.each(['record.json', 'record.json.new'])('a link at %s is replaced, not followed', (name) => {
  mkdirSync(join(folder, 'run'));
  symlinkSync(canary, join(folder, 'run', name));
  expect(readRecord(path)).toBeUndefined();
  writeRecord(path, { a: 1 });
  expect(readRecord(path)).toEqual({ a: 1 });
  expect(readFileSync(canary, 'utf8')).toBe('{"secret":1}');
});

test.each(['record.json', 'record.json.new'])('a fifo at %s holds no caller up', (name) => {
  mkdirSync(join(folder, 'run'));
  execFileSync('mkfifo', [join(folder, 'run', name)]);
  expect(readRecord(path)).toBeUndefined();
  writeRecord(path, { a: 1 });
  expect(readRecord(path)).toEqual({ a: 1 });
});

test('a link in the place of the folder is refused, naming it', () => {
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync('elsewhere', join(folder, 'run'));
  expect(() => writeRecord(path, { a: 1 })).toThrow(/run: ENOTDIR/);
});

test('what cannot be read is taken neither for missing nor for damaged', () => {
  // Address 0 of a process: EIO, as from a disk that fails.
  const failing = '/proc/self/mem';
  const failure = { code: 'SYSTEM_ERROR', syscall: 'read', path: failing, step: 'read a record' };
  for (const read of [readRecord, findRecord]) {
    expect(() => read(failing)).toThrow(expect.objectContaining(failure) as Error);
  }
});

test('a record says its format, which its reader is not bothered with', () => {
  writeRecord(path, { a: 1 });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 1, format: recordFormat });
  expect(findRecord(path)).toEqual({ content: { a: 1 } });
});

test.each([recordFormat + 1, 1e9, '2', null])(
  'format %j is refused, by its path and in words',
  (format) => {
    writeRecord(path, {});
    writeFileSync(path, JSON.stringify({ format, a: 1 }));
    const refusal = expect.objectContaining({
      code: 'OPERATION_UNSUPPORTED',
      path,
      message: expect.stringMatching(
        `record.json was written by a newer version of tslxc, in format`,
      ) as string,
    }) as Error;
    for (const read of [readRecord, findRecord]) expect(() => read(path)).toThrow(refusal);
  },
);

test('a record of a version that had no formats is read', () => {
  writeRecord(path, {});
  writeFileSync(path, '{"a":1}');
  expect(readRecord(path)).toEqual({ a: 1 });
});
