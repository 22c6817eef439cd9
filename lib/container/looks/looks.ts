/**
 * Looks up paths that a definition names: without blocking (glances.ts), or off the event loop and within a time limit.
 * The error for a path that does not answer in time names the path and its element, and the process that waits for it
 * is abandoned (looker.ts). No code of lib/ accesses such a path in another way; code that changes something there
 * looks the path up in this way right before.
 */
import { constants } from 'node:fs';
import { constants as system } from 'node:os';
import type { SourceLocation } from '../../domain/xml/source-location';
import { describePlace, SyscallError, TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';
import type { Glance } from '../../host/native';
import { lookKinds } from '../monitor/messages';
import type { LookKind } from '../monitor/messages';
import { Glances } from './glances';
import { Looker } from './looker';
import type { Question, Seen } from './looker';
import { tooManyLeft } from './places';

/** What the error of a look-up that takes too long says besides the path. */
export interface LookedFor {
  /** The step in words. */
  readonly step: string;
  readonly place?: SourceLocation | undefined;
}

export interface FileState extends Omit<Glance, 'node' | 'mount' | 'realPath'> {
  readonly kind: 'directory' | 'file' | 'block device' | 'character device' | 'other';
  /** The numbers of a device node, as makedev(3) puts them together. */
  readonly node: number;
}

/** `most` is at most half of the longest frame (protocol.md), so that an answer is shorter only at the file's end. */
export interface FileRange {
  readonly path: string;
  readonly from: number;
  readonly most: number;
}

export interface FilePiece {
  readonly state: FileState;
  readonly bytes: Buffer;
}

export interface LooksOptions {
  /** Milliseconds for all looks together. */
  readonly within: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long an idle looker is kept, in milliseconds. */
const idleTime = 1000;

export interface LookersOptions {
  /** How many of the lookers that this process may have may be abandoned at a time. Default: all of them. */
  readonly mostLeft?: number;
}

/** The lookers of one connection: a looker of one start is used again by the next, if that comes soon. */
export class Lookers {
  readonly #idle: Looker[] = [];
  readonly #mostLeft: number;
  #left = 0;
  #timer: NodeJS.Timeout | undefined;
  #state: 'open' | 'closed' = 'open';

  constructor({ mostLeft = Infinity }: LookersOptions = {}) {
    this.#mostLeft = mostLeft;
  }

  /** Look-ups that are possible until they are disposed of. */
  looks(options: LooksOptions): Looks {
    return new Looks(this, options);
  }

  /** @throws TslxcError RESOURCE_BUSY when too many lookers are abandoned; as Looker.start. */
  async take(): Promise<Looker> {
    const idle = this.#idle.pop();
    if (idle?.hasEnded === false) return idle;
    idle?.end();
    if (this.#left >= this.#mostLeft) throw tooManyLeft(this.#left);
    return await Looker.start();
  }

  /** Takes back a looker that waits for nothing. */
  giveBack(looker: Looker): void {
    if (this.#state === 'closed' || this.#idle.length > 0) {
      looker.end();
      return;
    }
    this.#idle.push(looker);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#endIdle(), idleTime).unref();
  }

  /** Abandons a looker that waits for something. */
  leave(looker: Looker): void {
    this.#left += 1;
    void looker.leave().then(() => {
      this.#left -= 1;
    });
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#endIdle();
  }

  #endIdle(): void {
    for (const looker of this.#idle.splice(0)) looker.end();
  }
}

/** Look-ups of a caller without a connection: their looker ends with them. */
export function looksAlone(options: LooksOptions): Looks {
  const lookers = new Lookers();
  lookers.close();
  return lookers.looks(options);
}

export class Looks implements Disposable {
  readonly #lookers: Lookers;
  readonly #options: LooksOptions;
  readonly #until: number;
  readonly #glances = new Glances();
  #looker: Promise<Looker> | undefined;
  /** How many questions the looker has not answered yet. */
  #underWay = 0;
  #state: 'used' | 'disposed' = 'used';

  constructor(lookers: Lookers, options: LooksOptions) {
    this.#lookers = lookers;
    this.#options = options;
    this.#until = performance.now() + options.within;
  }

  /** Follows symbolic links. @throws SyscallError; OPERATION_TIMEOUT, OPERATION_ABORTED, as do the others. */
  async state(path: string, what: LookedFor): Promise<FileState> {
    const seen = this.#glances.at({ root: '', path, syscall: 'stat' });
    return stateOf(seen ?? (await this.#ask({ ...question('state'), path }, what)));
  }

  /** Undefined when the path does not exist, or can't be looked up. */
  async stateIfThere(path: string, what: LookedFor): Promise<FileState | undefined> {
    return await this.state(path, what).catch(unlessOfFile);
  }

  /** The path is resolved below `root`, as in the container. */
  async stateInRoot(root: string, path: string, what: LookedFor): Promise<FileState> {
    const seen = this.#glances.at({ root, path, syscall: 'openat2' });
    return stateOf(seen ?? (await this.#ask({ ...question('state'), root, path }, what)));
  }

  async realPath(path: string, what: LookedFor): Promise<string> {
    const seen = this.#glances.at({ root: '', path, syscall: 'realpath' });
    if (seen !== undefined) return seen.realPath;
    const { bytes } = await this.#ask({ ...question('realPath'), path }, what);
    return Buffer.from(bytes).toString();
  }

  /** Undefined when the path does not exist, or can't be looked up. */
  async realPathIfThere(path: string, what: LookedFor): Promise<string | undefined> {
    return await this.realPath(path, what).catch(unlessOfFile);
  }

  /** The first bytes of a regular file or block device, at most `most`; none of anything else. */
  async start(path: string, most: number, what: LookedFor): Promise<Buffer> {
    const { bytes } = await this.#ask({ ...question('content'), path, most }, what);
    return Buffer.from(bytes);
  }

  /**
   * Of a regular file or block device below `root`, at most `most` bytes from the offset `from` on; no bytes of
   * anything else.
   */
  async pieceInRoot(root: string, range: FileRange, what: LookedFor): Promise<FilePiece> {
    const seen = await this.#ask({ ...question('content'), root, ...range }, what);
    return { state: stateOf(seen), bytes: Buffer.from(seen.bytes) };
  }

  /** /proc/PID/fdinfo of the opened path. */
  async mount(path: string, what: LookedFor): Promise<string> {
    const { bytes } = await this.#ask({ ...question('mount'), path }, what);
    return Buffer.from(bytes).toString();
  }

  /** An extended attribute of the file itself, not of what a link leads to (ELOOP); undefined when it has none of that name. */
  async attribute(path: string, name: string, what: LookedFor): Promise<string | undefined> {
    const asked = { ...question('attribute'), path, detail: name };
    try {
      return Buffer.from((await this.#ask(asked, what)).bytes).toString();
    } catch (error) {
      if (TslxcError.is(error) && error.errno === system.errno.ENODATA) return undefined;
      throw error;
    }
  }

  /**
   * Resolves once the path has been opened, and asked for an attribute; a path that does not exist, or refuses, has
   * answered as well. For a path that this process is about to open itself.
   */
  async untilAnswered(path: string, attribute: string, what: LookedFor): Promise<void> {
    const real = await this.realPathIfThere(path, what);
    if (real !== undefined) await this.attribute(real, attribute, what).catch(unlessOfFile);
  }

  [Symbol.dispose](): void {
    const looker = this.#looker;
    this.#state = 'disposed';
    this.#looker = undefined;
    looker?.then(
      (one) => (this.#underWay === 0 ? this.#lookers.giveBack(one) : this.#lookers.leave(one)),
      () => undefined,
    );
  }

  async #ask(asked: Question, what: LookedFor): Promise<Seen> {
    const { path } = asked;
    const seen = await this.#inTime(asked, what);
    if (seen.error === 0) return seen;
    throw new SyscallError({ errno: seen.error, syscall: seen.syscall, path });
  }

  /** An answer that comes too late is never waited for again. */
  async #inTime(asked: Question, what: LookedFor): Promise<Seen> {
    const answer = this.#answer(asked);
    let stop = (): void => undefined;
    const limits = new Promise<never>((_, reject) => {
      const late = (): void => reject(this.#unanswered(asked.path, what));
      const timer = setTimeout(late, Math.max(0, this.#until - performance.now()));
      const { signal } = this.#options;
      const stopListening = onAbort(signal, () => reject(aborted(signal)));
      stop = () => {
        clearTimeout(timer);
        stopListening();
      };
    });
    try {
      return await Promise.race([answer, limits]);
    } finally {
      stop();
    }
  }

  /** A looker that is free too late is asked nothing: it could wait for ever for an answer that no call needs. */
  async #answer(asked: Question): Promise<Seen> {
    this.#looker ??= this.#lookers.take();
    try {
      const looker = await this.#looker;
      if (this.#state === 'disposed') throw aborted(this.#options.signal);
      return await this.#counted(looker.ask(asked));
    } catch (error) {
      this.#looker = undefined;
      throw error;
    }
  }

  async #counted<T>(answer: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await answer;
    } finally {
      this.#underWay -= 1;
    }
  }

  #unanswered(path: string, { step, place }: LookedFor): TslxcError {
    const details = {
      step,
      ...(place === undefined ? {} : { element: place.path, ...place.position }),
    };
    const seconds = this.#options.within / 1000;
    const what =
      this.#underWay > 0
        ? `'${path}' has not answered for ${seconds} s`
        : `no process to look at '${path}' has become free for ${seconds} s`;
    return new TslxcError('OPERATION_TIMEOUT', `${what} (${describePlace(details)})`, {
      ...details,
      path,
    });
  }
}

function aborted(signal: AbortSignal | undefined): TslxcError {
  const cause: unknown = signal?.reason;
  return new TslxcError('OPERATION_ABORTED', 'the caller asked for it', { cause });
}

function question(kind: LookKind): Question {
  return { lookKind: lookKinds.indexOf(kind), root: '', path: '', detail: '', from: 0, most: 0 };
}

function stateOf({ mode, uid, gid, size, device, inode, node }: Seen | Glance): FileState {
  return { kind: kindOf(mode), mode, uid, gid, size, device, inode, node: Number(node) };
}

function kindOf(mode: number): FileState['kind'] {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFDIR:
      return 'directory';
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFBLK:
      return 'block device';
    case constants.S_IFCHR:
      return 'character device';
    default:
      return 'other';
  }
}

/** Ignores that a path does not exist, or can't be looked up, but not that it does not answer. */
function unlessOfFile(error: unknown): undefined {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
}
