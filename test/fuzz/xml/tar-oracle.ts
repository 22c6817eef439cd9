/** What Go's archive/tar and GNU tar find in an archive, by test/fuzz/tar-oracle, which runs as long as the search. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GoEntry {
  /** Bytes, as base64. */
  readonly Name: string;
  readonly LinkName: string;
  readonly Type: string;
  readonly Size: number;
  readonly Mode: number;
  readonly Uid: number;
  readonly Gid: number;
  readonly Major: number;
  readonly Minor: number;
}

export interface TarAnswer {
  /** '' when it has read all. */
  readonly GoError: string;
  readonly Entries: readonly GoEntry[];
  readonly TarCode: number;
  /** As base64: one for each entry, as by `tar --list --verbose`. */
  readonly Lines: string;
}

interface Oracle {
  readonly question: number;
  readonly answer: number;
}

/** The program, which scripts/fuzz/xml-fuzzer.js has built. */
const program = process.env['TSLXC_TAR_ORACLE'];
let running: Oracle | undefined;

/** Undefined where there is no such program, as in `npm test`. Waits for the answer: a search takes one text after the other. */
export function askTar(archive: Buffer): TarAnswer | undefined {
  if (program === undefined) return undefined;
  running ??= start(program);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(archive.length);
  write(running.question, Buffer.concat([length, archive]));
  const size = read(running.answer, 4).readUInt32LE();
  return JSON.parse(read(running.answer, size).toString()) as TarAnswer;
}

function start(path: string): Oracle {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-tar-'));
  const [question, answer] = [join(folder, 'question'), join(folder, 'answer')];
  execFileSync('mkfifo', [question, answer]);
  const script = 'exec "$0" "$1" <"$2" >"$3"';
  spawn('sh', ['-c', script, path, folder, question, answer], { stdio: 'ignore' }).unref();
  // Each waits for the other side, in this order.
  const oracle = { question: openSync(question, 'w'), answer: openSync(answer, 'r') };
  for (const fifo of [question, answer]) rmSync(fifo);
  return oracle;
}

/** Ends the program, which removes its folder. */
export function dismissTar(): void {
  if (running === undefined) return;
  closeSync(running.question);
  closeSync(running.answer);
  running = undefined;
}

function write(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

function read(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const count = readSync(fd, bytes, at, size - at, null);
    if (count === 0) throw new Error('the program that asks Go and GNU tar has ended');
    at += count;
  }
  return bytes;
}
