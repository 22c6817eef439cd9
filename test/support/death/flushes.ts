/** What a program flushes to the disk and what it renames, in that order, by strace(1). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWithLibraryUnder } from '../process/library-child';

/** One system call: for a flush the path that the descriptor stands for, for a rename or an exchange both paths. */
export interface Flushed {
  readonly call: 'fsync' | 'syncfs' | 'rename' | 'exchange';
  readonly paths: readonly string[];
}

const calls = ['fsync', 'fdatasync', 'syncfs', 'rename', 'renameat', 'renameat2'];

/** Runs code of a caller of the library, as `runWithLibrary`. @throws Error when it fails. */
export async function flushesOf(root: string, code: string): Promise<Flushed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-flushes-'));
  try {
    const log = join(folder, 'trace');
    const strace = [
      'strace',
      '-f',
      '-y',
      '-s',
      '4096',
      '-o',
      log,
      '-e',
      `trace=${calls.join(',')}`,
    ];
    const ran = await runWithLibraryUnder(strace, root, code);
    if (ran.code !== 0) throw new Error(`the traced program failed: ${ran.stderr}`);
    return readFileSync(log, 'utf8').split('\n').flatMap(flushedIn);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A call that others interrupt in the trace has two lines: the first has its arguments. */
function flushedIn(line: string): Flushed[] {
  const [, call = '', words = ''] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
  if (call.startsWith('f') || call === 'syncfs') {
    const [, path = ''] = /^\d+<([^>]*)>/.exec(words) ?? [];
    return [{ call: call === 'syncfs' ? 'syncfs' : 'fsync', paths: [path] }];
  }
  if (!call.startsWith('rename')) return [];
  // `"/a", "/b"`, or each name after the folder that it is in.
  const names = [...words.matchAll(/(?:\d+<([^>]*)>, )?"([^"]*)"/g)];
  const paths = names.map(([, at = '', name = '']) => (at === '' ? name : join(at, name)));
  return [{ call: words.includes('RENAME_EXCHANGE') ? 'exchange' : 'rename', paths }];
}
