/**
 * Looks at paths that a definition names: without waiting (glances.ts), or off the event loop and within a time. The error for
 * what does not answer by then names its path and element, and its process is left alone (looker.ts). Nothing of lib/ looks at
 * such a path in another way; what changes something there has it looked at in this way right before.
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

/** What the error of a look that takes too long tells besides the path. */
export interface LookedFor {
  /** In words. */
  readonly step: string;
  readonly place?: SourceLocation | undefined;
}

export interface FileState extends Omit<Glance, 'node' | 'mount' | 'realPath'> {
  readonly kind: 'directory' | 'file' | 'block device' | 'character device' | 'other';
  /** The numbers of a device node, as makedev(3) puts them together. */
  readonly node: number;
}

/** `most` is at most half of the longest frame (protocol.md): no answer is shorter for another reason than the file's end. */
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

/** How long a process is kept that has nothing to look at, in milliseconds. */
const idleTime = 1000;

export interface LookersOptions {
  /** How many of these processes may be left alone at a time, of those that this process may have. Default: all of them. */
  readonly mostLeft?: number;
}

/** The processes of one connection: what has looked for one start looks for the next, if that comes soon. */
export class Lookers {
  readonly #idle: Looker[] = [];
  readonly #mostLeft: number;
  #left = 0;
  #timer: NodeJS.Timeout | undefined;
  #state: 'open' | 'closed' = 'open';

  constructor({ mostLeft = Infinity }: LookersOptions = {}) {
    this.#mostLeft = mostLeft;
  }

  /** Looks until they are disposed of. */
  looks(options: LooksOptions): Looks {
    return new Looks(this, options);
  }

  /** @throws TslxcError RESOURCE_BUSY when too many have been left alone; as Looker.start. */
  async take(): Promise<Looker> {
    const idle = this.#idle.pop();
    if (idle?.hasEnded === false) return idle;
    idle?.end();
    if (this.#left >= this.#mostLeft) throw tooManyLeft(this.#left);
    return await Looker.start();
  }

  /** Takes back one that waits for nothing. */
  giveBack(looker: Looker): void {
    if (this.#state === 'closed' || this.#idle.length > 0) {
      looker.end();
      return;
    }
    this.#idle.push(looker);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#endIdle(), idleTime).unref();
  }

  /** Leaves one to itself that waits for something. */
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

/** Looks of a caller that has no connection: their process ends with them. */
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
  /** Questions that the process has been asked, and has not answered. */
  #underWay = 0;
  #state: 'used' | 'disposed' = 'used';

  constructor(lookers: Lookers, options: LooksOptions) {
    this.#lookers = lookers;
    this.#options = options;
    this.#until = performance.now() + options.within;
  }

  /** Follows links. @throws SyscallError; OPERATION_TIMEOUT, OPERATION_ABORTED. So do the others. */
  async state(path: string, what: LookedFor): Promise<FileState> {
    const seen = this.#glances.at({ root: '', path, syscall: 'stat' });
    return stateOf(seen ?? (await this.#ask({ ...question('state'), path }, what)));
  }

  /** Undefined when there is none, or it can't be looked at. */
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

  /** Undefined when there is none, or it can't be looked at. */
  async realPathIfThere(path: string, what: LookedFor): Promise<string | undefined> {
    return await this.realPath(path, what).catch(unlessOfFile);
  }

  /** The first bytes of a file or block device, as many as it has of `most`; none of anything else. */
  async start(path: string, most: number, what: LookedFor): Promise<Buffer> {
    const { bytes } = await this.#ask({ ...question('content'), path, most }, what);
    return Buffer.from(bytes);
  }

  /** Of a file below `root`, what lies from the byte `from` on, as much as it has of `most`; no bytes of anything else. */
  async pieceInRoot(root: string, range: FileRange, what: LookedFor): Promise<FilePiece> {
    const seen = await this.#ask({ ...question('content'), root, ...range }, what);
    return { state: stateOf(seen), bytes: Buffer.from(seen.bytes) };
  }

  /** /proc/PID/fdinfo of what is opened there. */
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
   * Returns once what is there has been opened, and asked for an attribute; what is not there, or refuses, has answered too. For
   * what this process is about to open itself.
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

  /** What comes later than it may is never waited for again. */
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

  /** A process that comes too late is asked nothing: it could wait for ever for an answer that no call needs. */
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

/** What is not there, or can't be looked at, is one thing; what does not answer another. */
function unlessOfFile(error: unknown): undefined {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
}
