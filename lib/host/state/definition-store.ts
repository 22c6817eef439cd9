/**
 * The stored definitions, each in a file `NAME.xml`. A file is replaced atomically. A file that is not a valid definition
 * is reported and left alone. A file is read again only after it has changed.
 */
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { mkdir, open, rm, symlink, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { finishRenames, isRenamedAway, renameFile } from './definition-rename';
import { flushDirectory, replaceFile } from './durable-file';
import { fileError, hasErrno, inFile } from './file-error';
import { lockFile } from './file-lock';
import type { Logger } from '../logger';

/** The identity of a domain or a network. */
export interface Identity {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
}

export interface StoreOptions<Definition extends Identity> {
  readonly directory: string;
  /** What is stored, for messages: `domain`. */
  readonly kind: string;
  /** The command that stores an edited copy: `tslxc define`. */
  readonly command: string;
  /** What a definition has but the file lacks, such as a uuid, must be the same at each reading: `path` identifies the file. */
  readonly parse: (xml: string, path: string) => Definition;
  readonly format: (definition: Definition) => string;
  readonly logger: Logger;
}

/** The content of a file when it had that stamp; without `definition` it was not a valid definition. */
interface CachedFile<Definition> {
  readonly stamp: string;
  readonly definition?: Definition;
}

const ENOENT = 2;
const EEXIST = 17;
const suffix = '.xml';
/** NAME_MAX, minus the suffix and a margin. */
const largestName = 250;
/** How long the event loop may be blocked. Reading one definition takes some tenths of that. */
const turnMilliseconds = 4;
/** A younger file may change again without a change of its times. */
const settledNanoseconds = 50_000_000n;

function preamble({ kind, command }: { readonly kind: string; readonly command: string }): string {
  return `<!--
This file is written by tslxc and always replaced as a whole: comments are lost, and
changes may be. To change the ${kind}, give an edited copy to: ${command} FILE
-->

`;
}

/** Whether a name can be that of a definition's file. */
export function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\u0000-\u001f\u007f]/.test(name)) return false;
  return Buffer.byteLength(name) <= largestName;
}

export class DefinitionStore<Definition extends Identity> {
  readonly #directory: string;
  readonly #options: StoreOptions<Definition>;
  readonly #cache = new Map<string, CachedFile<Definition>>();

  constructor(options: StoreOptions<Definition>) {
    this.#directory = options.directory;
    this.#options = options;
  }

  /** The file of a definition. @throws TslxcError XML_ERROR for a name that can't be a file name. */
  path(name: string): string {
    if (isFileName(name)) return join(this.#directory, `${name}${suffix}`);
    throw new TslxcError('XML_ERROR', `name ${JSON.stringify(name)} can't be the name of a file`);
  }

  has(name: string): boolean {
    return isFileName(name) && this.#stat(name) !== undefined;
  }

  /** Names of all files, whatever their content. */
  names(): string[] {
    return this.#namesIn('.');
  }

  /** Whether it is started with the host. */
  isAutostarted(name: string): boolean {
    return statSync(this.#autostartLink(name), { throwIfNoEntry: false }) !== undefined;
  }

  /** Names of all definitions that are started with the host. */
  autostartedNames(): string[] {
    return this.#namesIn('autostart').filter((name) => this.isAutostarted(name) && this.has(name));
  }

  /** Sets whether it is started with the host: by a link to the definition, as in libvirt. */
  async setAutostart(name: string, autostart: 'on' | 'off'): Promise<void> {
    const path = this.path(name);
    const link = this.#autostartLink(name);
    try {
      if (autostart === 'off') {
        await rm(link, { force: true });
        return;
      }
      await mkdir(dirname(link), { recursive: true, mode: 0o700 });
      await symlink(path, link);
    } catch (error) {
      if (hasErrno(error, EEXIST)) return;
      throw fileError(error, 'change the autostart of a definition');
    }
  }

  /**
   * The stored definition of a name; undefined if there is none.
   *
   * @throws DefinitionError with the file as its `path`; SyscallError.
   */
  read(name: string): Definition | undefined {
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

  /** The identities of all valid definitions, by name. Warns once about each file that is not valid. */
  async identities(): Promise<Identity[]> {
    const names = this.names();
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

  /**
   * Whether a file other than that of `except` contains one of these texts. Reads every file, but parses none, which
   * costs some hundredths of a millisecond for each.
   */
  isAnyWritten(texts: readonly string[], { except }: { readonly except: string }): boolean {
    if (texts.length === 0) return false;
    return this.names().some((name) => {
      if (name === except) return false;
      const text = this.#textOrNothing(name);
      return texts.some((wanted) => text.includes(wanted));
    });
  }

  /** Stores a definition, and replaces the one of that name. Flushed to the disk when it resolves. */
  async write(definition: Definition): Promise<'added' | 'updated'> {
    const path = this.path(definition.name);
    const existing = this.has(definition.name);
    const bytes = preamble(this.#options) + this.#options.format(definition);
    try {
      await this.#makeDirectory();
      await replaceFile(path, bytes);
    } catch (error) {
      throw fileError(error, 'store a definition');
    }
    this.#cache.delete(definition.name);
    return existing ? 'updated' : 'added';
  }

  /**
   * Removes a definition and its autostart link; false if there was none. Must be called within `exclusive` if definitions
   * can be renamed: an interrupted rename would bring the file back under its former name.
   */
  async remove(name: string): Promise<boolean> {
    const path = this.path(name);
    this.#cache.delete(name);
    try {
      await rm(this.#autostartLink(name), { force: true });
      await unlink(path);
      await flushDirectory(this.#directory);
      return true;
    } catch (error) {
      if (hasErrno(error, ENOENT)) return false;
      throw fileError(error, 'remove a definition');
    }
  }

  /** Stores a definition under a new name, and removes the one of the former name. Must be called within `exclusive`. */
  async rename(former: string, definition: Definition): Promise<void> {
    const { name } = definition;
    const [from, to] = [basename(this.path(former)), basename(this.path(name))];
    const text = preamble(this.#options) + this.#options.format(definition);
    try {
      await renameFile(this.#directory, { from, to, text });
    } catch (error) {
      throw fileError(error, 'rename a definition');
    } finally {
      for (const one of [former, name]) this.#cache.delete(one);
    }
  }

  /** Runs `action` while no other process stores a definition: what it reads does not change until it has written. */
  async exclusive<T>(action: () => T | Promise<T>): Promise<T> {
    const handle = await this.#openDirectory();
    try {
      await lockFile(handle.fd);
      await finishRenames(this.#directory);
      return await action();
    } catch (error) {
      throw fileError(error, 'change the definitions');
    } finally {
      await handle.close();
    }
  }

  #autostartLink(name: string): string {
    return join(this.#directory, 'autostart', `${name}${suffix}`);
  }

  #stat(name: string): BigIntStats | undefined {
    const path = this.path(name);
    try {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (stats === undefined || isRenamedAway(this.#directory, basename(path))) return undefined;
      return stats;
    } catch (error) {
      throw fileError(error, 'look for a definition');
    }
  }

  #readFile(name: string): Definition | undefined {
    const path = this.path(name);
    try {
      const definition = this.#options.parse(readText(path), path);
      if (definition.name === name) return definition;
    } catch (error) {
      if (hasErrno(error, ENOENT)) return undefined;
      if (TslxcError.is(error)) throw inFile(error, path);
      throw fileError(error, 'read a definition');
    }
    throw new TslxcError('XML_ERROR', `the ${this.#options.kind} in ${path} has another name`, {
      path,
    });
  }

  #textOrNothing(name: string): string {
    try {
      return readText(this.path(name));
    } catch {
      // It was removed meanwhile, or is not a file.
      return '';
    }
  }

  #namesIn(folder: '.' | 'autostart'): string[] {
    try {
      return readdirSync(join(this.#directory, folder))
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
    let stats: BigIntStats | undefined;
    try {
      stats = this.#stat(name);
      if (stats === undefined) return [];
      const cached = this.#cache.get(name);
      if (cached?.stamp === stampOf(stats) && cached.definition === undefined) return [];
      const identity = this.identity(name);
      return identity ? [identity] : [];
    } catch (error) {
      const path = this.path(name);
      this.#options.logger.warn({ path, err: error }, 'skipped a file that is no definition');
      if (stats !== undefined) this.#remember(name, stats, undefined);
      return [];
    }
  }

  #remember(name: string, stats: BigIntStats, definition: Definition | undefined): void {
    const age = BigInt(Date.now()) * 1_000_000n - stats.ctimeNs;
    if (age < settledNanoseconds) return;
    this.#cache.set(name, { stamp: stampOf(stats), ...(definition ? { definition } : {}) });
  }

  async #openDirectory(): Promise<FileHandle> {
    try {
      await this.#makeDirectory();
      return await open(this.#directory, 'r');
    } catch (error) {
      throw fileError(error, 'lock the definitions');
    }
  }

  async #makeDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }
}

/** The text of a file; empty if it is not a regular file, such as a fifo. */
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
