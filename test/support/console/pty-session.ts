/**
 * A program on a real terminal, as a person has it: type, wait for text, resize, see how it ends. The
 * terminal is pty-driver.py's; this file never guesses, and tells all that was on the screen when it fails.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { patience } from '../time/eventually';

const driver = join(__dirname, 'pty-driver.py');
/** Milliseconds of a usual machine, as all here. */
const defaultWait = 10_000;

export interface PtyOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How the program ended: its exit code, or the number of the signal that killed it. */
export type PtyExit = Readonly<{ code: number } | { signal: number }>;

type Report = Readonly<{ pid: number } | { data: string } | { exit: number } | { signal: number }>;

export class PtySession implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #decoder = new StringDecoder('utf8');
  readonly #argv: readonly string[];
  readonly #chunks: Buffer[] = [];
  readonly #wakers = new Set<() => void>();
  #transcript = '';
  #read = 0;
  #pid: number | undefined;
  #exit: PtyExit | undefined;
  #gone = false;

  private constructor(argv: readonly string[], options: PtyOptions) {
    const { rows = 24, columns = 80, cwd, env } = options;
    this.#argv = argv;
    this.#child = spawn('python3', [driver, String(rows), String(columns), ...argv], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd,
      env: { ...process.env, TERM: 'dumb', ...env },
    });
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
    this.#child.on('close', () => {
      this.#gone = true;
      this.#wake();
    });
  }

  /** Starts `argv` as the leader of a session whose controlling terminal is a new pty. */
  static start(argv: readonly string[], options: PtyOptions = {}): PtySession {
    return new PtySession(argv, options);
  }

  /** Everything that the program has written so far, with the terminal's `\r\n`. */
  get transcript(): string {
    return this.#transcript;
  }

  /** The same, byte for byte. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves with the program's pid. */
  async pid(): Promise<number> {
    await this.#until(() => this.#pid !== undefined, defaultWait);
    if (this.#pid === undefined) throw this.#failure('did not start');
    return this.#pid;
  }

  /** Types `text`; Enter is `\r`, ^C is `\x03`, ^] is `\x1d`. */
  write(text: string | Uint8Array): void {
    this.#send({ write: Buffer.from(text).toString('base64') });
  }

  /** Types a line and Enter. */
  enter(line: string): void {
    this.write(`${line}\r`);
  }

  /** Changes the terminal's size; the foreground process group gets SIGWINCH. */
  resize(rows: number, columns: number): void {
    this.#send({ resize: [rows, columns] });
  }

  /**
   * Waits until what was written since the last expect matches, and takes that as read. Resolves with
   * the match: [0] is the text, [1]… the groups.
   */
  async expect(pattern: string | RegExp, milliseconds = defaultWait): Promise<readonly string[]> {
    const match = await this.#until(() => this.#match(pattern), milliseconds);
    if (match === undefined) throw this.#failure(`did not write ${String(pattern)}`);
    this.#read += match.end;
    return match.groups;
  }

  /** Waits for the program's end. */
  async exit(milliseconds = defaultWait): Promise<PtyExit> {
    const ended = await this.#until(() => this.#exit, milliseconds);
    if (ended === undefined) throw this.#failure(`did not end within ${milliseconds} ms`);
    return ended;
  }

  /** Hangs the terminal up and waits until the program has gone, by SIGKILL if need be. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#until(() => this.#gone, defaultWait);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #send(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  #take(line: string): void {
    const report = JSON.parse(line) as Report;
    if ('pid' in report) this.#pid = report.pid;
    else if ('exit' in report) this.#exit = { code: report.exit };
    else if ('signal' in report) this.#exit = { signal: report.signal };
    else {
      const chunk = Buffer.from(report.data, 'base64');
      this.#chunks.push(chunk);
      this.#transcript += this.#decoder.write(chunk);
    }
    this.#wake();
  }

  #wake(): void {
    for (const waker of this.#wakers) waker();
  }

  #match(pattern: string | RegExp): { end: number; groups: readonly string[] } | undefined {
    const unread = this.#transcript.slice(this.#read);
    if (typeof pattern === 'string') {
      const at = unread.indexOf(pattern);
      return at < 0 ? undefined : { end: at + pattern.length, groups: [pattern] };
    }
    const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(unread);
    return match === null ? undefined : { end: match.index + match[0].length, groups: match };
  }

  /** The first result that is neither undefined nor false; undefined when time or program runs out. */
  async #until<T>(probe: () => T | undefined, milliseconds: number): Promise<T | undefined> {
    const deadline = Date.now() + milliseconds * patience;
    for (;;) {
      const result = probe();
      if (result !== undefined && result !== false) return result;
      const left = deadline - Date.now();
      if (this.#gone || left <= 0) return undefined;
      await this.#sleep(left);
    }
  }

  /** Until something is reported, or for `milliseconds`. */
  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const waker = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(waker);
        resolve();
      };
      const timer = setTimeout(waker, milliseconds);
      this.#wakers.add(waker);
    });
  }

  #failure(what: string): Error {
    const state = this.#exit === undefined ? 'running' : `ended with ${JSON.stringify(this.#exit)}`;
    const seen = this.#transcript.slice(0, this.#read);
    const unread = this.#transcript.slice(this.#read);
    return new Error(
      `${this.#argv.join(' ')} (${state}) ${what}\n` +
        `read so far: ${JSON.stringify(seen.slice(-2000))}\nunread: ${JSON.stringify(unread.slice(-4000))}`,
    );
  }
}
