/**
 * Follows the event log from its end: an async iterator over all events since it was made. Only reads. No event is
 * skipped: if a follower has been stopped for so long that the log no longer holds what it has not read, the iteration
 * fails instead.
 */
import { closeSync, constants, fstatSync, openSync, readSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';
import { generationOf, isCurrent, openLog, previousLog } from './event-log';
import { fileError, hasErrno, isThere } from '../../host/state/file-error';

const ENOENT = 2;
const chunkBytes = 64 * 1024;
/** How much is read in one turn of the event loop; parsing that takes about 2 ms. */
const turnBytes = 256 * 1024;

/** What the session does with a stream of either kind of event. */
export interface OpenStream {
  ref(): void;
  unref(): void;
  close(): void;
}

export interface EventStreamOptions<Event> {
  /** Path of the log. */
  readonly path: string;
  /** The event in a line; undefined for a line that is not followed. */
  readonly parse: (line: string) => Event | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What keeps this process alive. `waiting` (default): a pending `next`, and `ref`. `ref`: only that. */
  readonly keptAliveBy?: 'waiting' | 'ref';
  /** Called once, when the stream is over. */
  readonly onClose?: (stream: OpenStream) => void;
}

interface Waiting<Event> {
  readonly resolve: (result: IteratorResult<Event, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** See `Connection.events`. */
export class EventStream<Event>
  implements AsyncIterator<Event, undefined>, AsyncIterable<Event>, AsyncDisposable
{
  readonly #path: string;
  readonly #watcher: FSWatcher;
  readonly #chunk = Buffer.allocUnsafe(chunkBytes);
  readonly #onClose: (stream: OpenStream) => void;
  readonly #parse: (line: string) => Event | undefined;
  readonly #keptAliveBy: 'waiting' | 'ref';
  readonly #ready: Event[] = [];
  readonly #waiting: Waiting<Event>[] = [];
  #fd: number;
  #offset: number;
  /** The bytes of a line whose end has not been read yet. */
  #partial: Buffer = Buffer.alloc(0);
  #state: 'open' | 'closed' = 'open';
  #failure: Error | undefined;
  #stopListening = (): void => undefined;
  #hold: 'ref' | 'unref' = 'unref';

  constructor(options: EventStreamOptions<Event>) {
    const { path, parse, signal, keptAliveBy = 'waiting', onClose = () => undefined } = options;
    this.#path = path;
    this.#parse = parse;
    this.#onClose = onClose;
    this.#keptAliveBy = keptAliveBy;
    this.#fd = openLog(path);
    this.#offset = fstatSync(this.#fd).size;
    try {
      // The directory and not the file: a rotation gives the name to another file.
      this.#watcher = watch(dirname(path), { persistent: false });
    } catch (error) {
      closeSync(this.#fd);
      throw fileError(error, 'watch the event log');
    }
    this.#watcher.on('change', (_, name) => {
      if (name === basename(path)) this.#read();
    });
    this.#watcher.on('error', (error) => this.#fail(fileError(error, 'watch the event log')));
    this.#stopListening = onAbort(signal, () => this.close());
    // Reads what was appended before the watch was set up.
    this.#read();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  ref(): void {
    this.#hold = 'ref';
    this.#keepAlive();
  }

  unref(): void {
    this.#hold = 'unref';
    this.#keepAlive();
  }

  next(): Promise<IteratorResult<Event, undefined>> {
    const event = this.#ready.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#state === 'closed') return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#keepAlive();
    });
  }

  return(): Promise<IteratorResult<Event, undefined>> {
    this.#ready.length = 0;
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the iteration; events that have been read already are still delivered. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#watcher.close();
    this.#stopListening();
    closeSync(this.#fd);
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    this.#onClose(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #fail(error: Error): void {
    if (this.#state === 'closed') return;
    const first = this.#waiting.shift();
    if (first === undefined) this.#failure = error;
    else first.reject(error);
    this.close();
  }

  /** Reads to the end, over as many rotations as there were. */
  #read(): void {
    try {
      for (let left = turnBytes; this.#state === 'open';) {
        left -= this.#readFile(left);
        if (left <= 0) {
          setImmediate(() => this.#read());
          return;
        }
        if (!this.#isRotated()) return;
        // No process appends to the old file any more, but one may have done so since it was last read.
        left -= this.#readFile(Infinity);
        this.#goOn();
      }
    } catch (error) {
      this.#fail(fileError(error, 'read the event log'));
    }
  }

  #readFile(atMost: number): number {
    let bytes = 0;
    while (bytes < atMost) {
      const count = readSync(this.#fd, this.#chunk, 0, chunkBytes, this.#offset);
      if (count === 0) break;
      this.#offset += count;
      bytes += count;
      this.#take(this.#chunk.subarray(0, count));
    }
    return bytes;
  }

  #take(bytes: Buffer): void {
    const all = Buffer.concat([this.#partial, bytes]);
    let start = 0;
    for (let end = all.indexOf(0x0a); end >= 0; end = all.indexOf(0x0a, start)) {
      const event = this.#parse(all.toString('utf8', start, end));
      start = end + 1;
      if (event !== undefined) this.#give(event);
    }
    this.#partial = all.subarray(start);
  }

  #give(event: Event): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#ready.push(event);
    else first.resolve({ done: false, value: event });
    this.#keepAlive();
  }

  #keepAlive(): void {
    const isAwaited = this.#keptAliveBy === 'waiting' && this.#waiting.length > 0;
    if (isAwaited || this.#hold === 'ref') this.#watcher.ref();
    else this.#watcher.unref();
  }

  #isRotated(): boolean {
    // A log that does not exist has been removed with its whole root: no file follows.
    return isThere(this.#path) && !isCurrent(this.#fd, this.#path);
  }

  /** Continues with the next file: after two rotations, that is the previous one of the log. */
  #goOn(): void {
    const wanted = generationOf(this.#fd) + 1;
    for (const path of [this.#path, previousLog(this.#path), this.#path]) {
      const fd = openIfThere(path);
      if (fd === undefined) continue;
      if (generationOf(fd) === wanted) {
        closeSync(this.#fd);
        this.#fd = fd;
        this.#offset = 0;
        this.#partial = Buffer.alloc(0);
        return;
      }
      closeSync(fd);
    }
    const detail = 'events were lost: this follower was behind by more than the event log holds';
    throw new TslxcError('OPERATION_FAILED', detail, { path: this.#path });
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw error;
  }
}
