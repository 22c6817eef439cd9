/** A console stream as a test uses it: type, wait for text, take what came as read. Tells all when it fails. */
import type { ConsoleOptions, ConsoleStream, Domain } from 'tslxc';
import { patience } from '../time/eventually';

/** Milliseconds; as in `eventually`, it may be `patience` times as many. */
const usual = 10_000;

export class ConsoleSession implements Disposable {
  readonly stream: ConsoleStream;
  readonly #chunks: Buffer[] = [];
  readonly #wakers = new Set<() => void>();
  #text = '';
  #read = 0;
  #ended = false;

  private constructor(stream: ConsoleStream) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(domain: Domain, options: ConsoleOptions = {}): Promise<ConsoleSession> {
    return new ConsoleSession(await domain.openConsole(options));
  }

  /** All output so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.#text;
  }

  type(text: string): void {
    this.stream.write(text);
  }

  /** Types a line and Enter. */
  enter(line: string): void {
    this.type(`${line}\r`);
  }

  /** Waits until what came since the last expect matches, and takes that as read. */
  async expect(pattern: RegExp, milliseconds = usual): Promise<RegExpExecArray> {
    const match = await this.#until(() => pattern.exec(this.#text.slice(this.#read)), milliseconds);
    if (match === null) throw this.#failure(`did not show ${String(pattern)}`);
    this.#read += match.index + match[0].length;
    return match;
  }

  /** Waits for `count` bytes from the beginning. */
  async expectBytes(count: number, milliseconds = 30_000): Promise<Buffer> {
    const enough = (): true | null => (this.#text.length >= count ? true : null);
    if ((await this.#until(enough, milliseconds)) === null) {
      throw this.#failure(`has ${this.#text.length} of ${count} bytes`);
    }
    return this.bytes;
  }

  /** Waits for the end of the container. */
  async end(milliseconds = usual): Promise<void> {
    const over = (): true | null => (this.#ended ? true : null);
    if ((await this.#until(over, milliseconds)) === null) throw this.#failure('did not end');
  }

  [Symbol.dispose](): void {
    this.stream.destroy();
  }

  async #until<T>(probe: () => T | null, milliseconds: number): Promise<T | null> {
    const deadline = Date.now() + milliseconds * patience;
    for (;;) {
      const result = probe();
      const left = deadline - Date.now();
      if (result !== null || left <= 0 || this.#ended) return result;
      await new Promise<void>((resolve) => {
        const waker = (): void => {
          clearTimeout(timer);
          this.#wakers.delete(waker);
          resolve();
        };
        const timer = setTimeout(waker, left);
        this.#wakers.add(waker);
      });
    }
  }

  #wake(): void {
    for (const waker of [...this.#wakers]) waker();
  }

  #failure(what: string): Error {
    const unread = JSON.stringify(this.#text.slice(this.#read).slice(-2000));
    return new Error(`the console${this.#ended ? ' (ended)' : ''} ${what}; unread: ${unread}`);
  }
}
