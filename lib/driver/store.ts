/**
 * The stored definitions, `NAME.xml` each. A file is replaced as a whole or not at all, whoever dies when;
 * one that can't be read as a definition is told of and left alone. No file is read twice while it stays
 * as it is.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DomainDefinition } from '../domain/definition';
import { formatDomain } from '../domain/format';
import { TslxcError } from '../errors';
import { fileError, hasErrno, inFile } from './file-error';
import { lockFile } from './file-lock';
import type { Logger } from './types';

/** What a domain is known by. */
export interface Identity {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
}

export interface StoreOptions {
  readonly directory: string;
  /** `newUuid` gives the uuid of a text that has none. */
  readonly parse: (xml: string, newUuid: () => string) => DomainDefinition;
  readonly logger: Logger;
}

/** What a file held when it had that stamp; without a definition it was none. */
interface CachedFile {
  readonly stamp: string;
  readonly definition?: DomainDefinition;
}

const ENOENT = 2;
const suffix = '.xml';
const temporaryPrefix = '.new-';
/** NAME_MAX less the suffix, and a little. */
const largestName = 250;
/** A temporary file as old as this has lost its writer. */
const abandonedMilliseconds = 60_000;
/** How long the event loop may be kept from others; reading one definition takes some tenths of that. */
const turnMilliseconds = 4;
/** A file that is younger may change again without its times changing. */
const settledNanoseconds = 50_000_000n;

const preamble = `<!--
This file is written by tslxc and always replaced as a whole: comments are lost, and
changes may be. To change the domain, give an edited copy to: tslxc define FILE
-->

`;

/** True for what can be the name of a domain's file. */
export function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\u0000-\u001f\u007f]/.test(name)) return false;
  return Buffer.byteLength(name) <= largestName;
}

export class DefinitionStore {
  readonly #directory: string;
  readonly #parse: StoreOptions['parse'];
  readonly #logger: Logger;
  readonly #cache = new Map<string, CachedFile>();

  constructor({ directory, parse, logger }: StoreOptions) {
    this.#directory = directory;
    this.#parse = parse;
    this.#logger = logger;
  }

  /** The file of a domain. @throws TslxcError XML_ERROR for a name that can't be a file name. */
  path(name: string): string {
    if (isFileName(name)) return join(this.#directory, `${name}${suffix}`);
    throw new TslxcError('XML_ERROR', `name ${JSON.stringify(name)} can't be the name of a file`);
  }

  has(name: string): boolean {
    return isFileName(name) && this.#stat(name) !== undefined;
  }

  /** True when the domain is to be started with the host. */
  isAutostarted(name: string): boolean {
    const link = join(this.#directory, 'autostart', `${name}${suffix}`);
    return statSync(link, { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * The stored definition of a name; undefined when there is none.
   *
   * @throws DefinitionError that has the file as its `path`; SyscallError.
   */
  read(name: string): DomainDefinition | undefined {
    const stats = isFileName(name) ? this.#stat(name) : undefined;
    if (stats === undefined) return undefined;
    const cached = this.#cache.get(name);
    if (cached?.definition !== undefined && cached.stamp === stampOf(stats))
      return cached.definition;
    const definition = this.#readFile(name);
    if (definition !== undefined) this.#remember(name, stats, definition);
    return definition;
  }

  /** Name and uuid of a stored definition. @throws as `read`. */
  identity(name: string): Identity | undefined {
    const definition = this.read(name);
    return definition === undefined ? undefined : { name, uuid: definition.uuid };
  }

  /** All that can be read, by name. Warns of each file that can't, once. */
  async identities(): Promise<Identity[]> {
    const names = this.#names();
    const present = new Set(names);
    for (const name of this.#cache.keys()) if (!present.has(name)) this.#cache.delete(name);
    const found: Identity[] = [];
    let turnEnds = performance.now() + turnMilliseconds;
    for (const name of names) {
      found.push(...this.#identityOrWarning(name));
      if (performance.now() < turnEnds) continue;
      await nextTurn();
      turnEnds = performance.now() + turnMilliseconds;
    }
    return found;
  }

  /** Stores a definition in the place of the one of that name. Flushed to the disk when it resolves. */
  async write(definition: DomainDefinition): Promise<'added' | 'updated'> {
    const path = this.path(definition.name);
    const existing = this.has(definition.name);
    const bytes = preamble + formatDomain(definition);
    try {
      await this.#makeDirectory();
      await this.#replace(path, bytes);
    } catch (error) {
      throw fileError(error, 'store a definition');
    }
    this.#cache.delete(definition.name);
    return existing ? 'updated' : 'added';
  }

  /** Removes a definition and its autostart link; false when there was none. */
  async remove(name: string): Promise<boolean> {
    const path = this.path(name);
    this.#cache.delete(name);
    try {
      await rm(join(this.#directory, 'autostart', `${name}${suffix}`), { force: true });
      await unlink(path);
      await this.#flushDirectory();
      return true;
    } catch (error) {
      if (hasErrno(error, ENOENT)) return false;
      throw fileError(error, 'remove a definition');
    }
  }

  /** Runs `action` while no other process stores a definition: what it finds stays so until it has written. */
  async exclusive<T>(action: () => T | Promise<T>): Promise<T> {
    await this.#makeDirectory();
    const handle = await open(this.#directory, 'r');
    try {
      await lockFile(handle.fd);
      return await action();
    } finally {
      await handle.close();
    }
  }

  #stat(name: string): BigIntStats | undefined {
    return statSync(this.path(name), { bigint: true, throwIfNoEntry: false });
  }

  #readFile(name: string): DomainDefinition | undefined {
    const path = this.path(name);
    try {
      const definition = this.#parse(readText(path), () => uuidOfPath(path));
      if (definition.name === name) return definition;
    } catch (error) {
      if (hasErrno(error, ENOENT)) return undefined;
      if (TslxcError.is(error)) throw inFile(error, path);
      throw fileError(error, 'read a definition');
    }
    throw new TslxcError('XML_ERROR', `the domain in ${path} has another name`, { path });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory)
        .filter((file) => file.endsWith(suffix))
        .map((file) => file.slice(0, -suffix.length))
        .filter(isFileName)
        .sort();
    } catch (error) {
      if (hasErrno(error, ENOENT)) return [];
      throw fileError(error, 'list the definitions');
    }
  }

  #identityOrWarning(name: string): Identity[] {
    const stats = this.#stat(name);
    if (stats === undefined) return [];
    const cached = this.#cache.get(name);
    if (cached?.stamp === stampOf(stats) && cached.definition === undefined) return [];
    try {
      const identity = this.identity(name);
      return identity ? [identity] : [];
    } catch (error) {
      const path = this.path(name);
      this.#logger.warn({ path, err: error }, 'skipped a file that is no definition');
      this.#remember(name, stats, undefined);
      return [];
    }
  }

  #remember(name: string, stats: BigIntStats, definition: DomainDefinition | undefined): void {
    const age = BigInt(Date.now()) * 1_000_000n - stats.ctimeNs;
    if (age < settledNanoseconds) return;
    this.#cache.set(name, { stamp: stampOf(stats), ...(definition ? { definition } : {}) });
  }

  async #makeDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  async #replace(path: string, text: string): Promise<void> {
    await this.#removeAbandoned();
    const temporary = join(this.#directory, temporaryPrefix + temporaryName());
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    await this.#flushDirectory();
  }

  async #removeAbandoned(): Promise<void> {
    for (const file of await readdir(this.#directory)) {
      if (!file.startsWith(temporaryPrefix) || file.endsWith(suffix)) continue;
      const path = join(this.#directory, file);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > abandonedMilliseconds) await rm(path, { force: true });
    }
  }

  /** The rename itself is on the disk only when the directory is: fsync(2). */
  async #flushDirectory(): Promise<void> {
    const handle = await open(this.#directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** What is no file, such as a fifo, holds nobody: it is read as empty. */
function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/** For a file that somebody put there without a uuid: it has to be the same at each reading (RFC 9562, version 8). */
function uuidOfPath(path: string): string {
  const digits = createHash('sha256').update(path).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

function temporaryName(): string {
  return `${process.pid}-${process.hrtime.bigint().toString(36)}`;
}
