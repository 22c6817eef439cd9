/**
 * The stored definitions, each in a file `NAME.xml`. A file is replaced atomically. A file that can't be read as a definition, since it
 * is torn or was written by a newer version of the package, is left alone, and is listed with the reason.
 */
import { closeSync, openSync, readdirSync, statSync, type BigIntStats } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TslxcError } from '../../../errors';
import { Slice } from '../../slices';
import { stampOf, survey, surveyOwn } from '../../survey';
import { setFolderAside } from './aside';
import { AutostartLinks } from './autostart-links';
import { DefinitionFiles } from './definition-files';
import { withoutPreamble, withPreamble } from './definition-preamble';
import { finishRenames, isRenamedAway, renamedAway, renameFile } from './definition-rename';
import { flushDirectory, replaceFile } from '../durable-file';
import { isFileName, type UnreadableFile } from './definition-name';
import { fileError, hasErrno, inFile } from '../file-error';
import { lockFileWithin } from '../file-lock';
import { inTurn } from '../in-turn';
import type { KnownIdentities } from './known-identities';
import { checkLinkLeads, isEntry, stampsIn } from './stamps';
import type { Logger } from '../../logger';
import { makeOwnFolder } from '../own-folder';

/** The identity of a domain, a network or a storage pool. */
export interface Identity {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
}

/** What a file of the store is called, whatever its content. */
export interface StoredIdentity extends Identity {
  /** Why no definition can be read from it. Its uuid is then the one that stands in. */
  readonly unreadable?: Error;
}

/** The stamp of a file, or why it can't be looked at. */
type Look = Buffer | Error;

export interface StoreOptions<Definition extends Identity> {
  readonly directory: string;
  /** What is stored, for messages: `domain`. */
  readonly kind: string;
  /** The command that stores an edited copy: `tslxc define`. */
  readonly command: string;
  /** What the file lacks of a definition, such as a uuid, must be the same at each reading: `path` identifies the file. */
  readonly parse: (xml: string, path: string) => Definition;
  readonly format: (definition: Definition) => string;
  /** The uuid by which a definition that can't be read is known: the same at each reading. */
  readonly standIn: (file: UnreadableFile) => string;
  readonly logger: Logger;
  /** Where other processes find the uuids that this one has found in the files; undefined for a process that writes nothing. */
  readonly known?: KnownIdentities | undefined;
  /** Milliseconds that another process which changes definitions is waited for; for tests. */
  readonly patience?: number;
}

/** A change takes as long as its fsync(2). Many may be waiting; one that is not done by then was stopped, or hangs. */
const longestWait = 60_000;

const ENOENT = 2;
const ELOOP = 40;
const suffix = '.xml';

export class DefinitionStore<Definition extends Identity> {
  readonly #directory: string;
  readonly #options: StoreOptions<Definition>;
  readonly #autostart: AutostartLinks;
  readonly #files: DefinitionFiles<Definition>;
  readonly #warned = new WeakSet<Error>();

  constructor(options: StoreOptions<Definition>) {
    this.#directory = options.directory;
    this.#options = options;
    this.#autostart = new AutostartLinks(options.directory);
    this.#files = new DefinitionFiles({
      path: (name) => this.path(name),
      parse: (name, text) => this.#parse(name, text),
      standIn: (name, text) => options.standIn({ path: this.path(name), name, text }),
    });
  }

  /** The file of a definition. @throws TslxcError XML_ERROR for a name that can't be a file name. */
  path(name: string): string {
    if (isFileName(name)) return join(this.#directory, `${name}${suffix}`);
    throw new TslxcError('XML_ERROR', `name ${JSON.stringify(name)} can't be the name of a file`);
  }

  /** Whether there is anything of that name: also a link that leads to nothing. @throws SyscallError. */
  has(name: string): boolean {
    if (!isFileName(name)) return false;
    const path = this.path(name);
    try {
      return isEntry(path) && !isRenamedAway(this.#directory, basename(path));
    } catch (error) {
      throw fileError(error, 'look for a definition');
    }
  }

  /** Names of all files, whatever their content. */
  names(): string[] {
    return this.#namesIn('.');
  }

  /** Whether it is started with the host. */
  isAutostarted(name: string): boolean {
    return this.#autostart.has(`${name}${suffix}`);
  }

  /** Names of all definitions that are started with the host. */
  autostartedNames(): string[] {
    return this.#namesIn('autostart').filter((name) => this.isAutostarted(name) && this.has(name));
  }

  /** Sets whether it is started with the host: by a link to the definition, as in libvirt. */
  async setAutostart(name: string, autostart: 'on' | 'off'): Promise<void> {
    const path = this.path(name);
    if (autostart === 'off') await this.#autostart.remove(basename(path));
    else await this.#autostart.add(basename(path), path);
  }

  /**
   * The stored definition of a name; undefined if there is none.
   *
   * @throws DefinitionError with the file as its `path`; SyscallError.
   */
  read(name: string): Definition | undefined {
    const stats = isFileName(name) ? this.#stat(name) : undefined;
    return stats === undefined ? undefined : this.#definition(name, stampOf(stats));
  }

  /** Name and uuid of a stored definition, and whether it can be read. @throws SyscallError if the file itself can't be. */
  identity(name: string): StoredIdentity | undefined {
    const [found] = isFileName(name) ? this.#otherStamp(name) : [];
    const look = found?.[1];
    if (look === undefined) return undefined;
    if (!(look instanceof Error)) return this.#identity(name, look);
    if (hasErrno(look, ENOENT) || hasErrno(look, ELOOP)) return this.#identityOrFailure(name, look);
    throw look;
  }

  /** The text of the file; undefined if there is none. @throws TslxcError XML_ERROR for what is no text in UTF-8; SyscallError. */
  text(name: string): string | undefined {
    const text = isFileName(name) ? this.#files.text(name) : undefined;
    return text === undefined ? undefined : withoutPreamble(this.#options, text);
  }

  /** The identities of all files, by name. Warns once about each that no definition can be read from. */
  async identities(): Promise<StoredIdentity[]> {
    const found: StoredIdentity[] = [];
    const slice = new Slice();
    const stamps = await this.#stamps();
    for (const [name, stamp] of stamps) {
      const uuid = this.#knownUuid(name, stamp);
      found.push(...(uuid === undefined ? this.#identityOrWarning(name, stamp) : [{ name, uuid }]));
      await slice.rest();
    }
    this.#options.known?.save(stamps.map(([name]) => name));
    return found;
  }

  /** All valid definitions, by name. */
  async definitions(): Promise<Definition[]> {
    const found: Definition[] = [];
    const slice = new Slice();
    for (const [name, stamp] of await this.#stamps()) {
      const [identity] = this.#identityOrWarning(name, stamp);
      const isReadable = identity !== undefined && identity.unreadable === undefined;
      if (!isReadable || stamp instanceof Error) continue;
      const definition = this.#definition(name, stamp);
      if (definition !== undefined) found.push(definition);
      await slice.rest();
    }
    return found;
  }

  /** Ethernet addresses in all files but that of `except`, in lower case: also in those that are not valid. */
  async addresses(others: { readonly except: string }): Promise<Set<string>> {
    const slice = new Slice();
    for (const [name, stamp] of await this.#stamps()) {
      this.#identityOrWarning(name, stamp);
      await slice.rest();
    }
    return this.#files.addresses(others);
  }

  /** Stores a definition, and replaces the one of that name. Flushed to the disk when it resolves. */
  async write(definition: Definition): Promise<'added' | 'updated'> {
    const path = this.path(definition.name);
    const existing = this.has(definition.name);
    const bytes = withPreamble(this.#options, this.#options.format(definition));
    try {
      makeOwnFolder(this.#directory);
      await this.#setAside(path);
      await replaceFile(path, bytes);
    } catch (error) {
      throw fileError(error, 'store a definition');
    }
    this.#files.remember(definition.name, { text: bytes, uuid: definition.uuid });
    return existing ? 'updated' : 'added';
  }

  /**
   * Removes a definition and its autostart link; false if there was none. Must be called within `exclusive` if definitions
   * can be renamed: an interrupted rename would bring the file back under its former name.
   */
  async remove(name: string): Promise<boolean> {
    const path = this.path(name);
    this.#files.forget(name);
    try {
      await this.#autostart.remove(basename(path));
      if (!(await this.#setAside(path))) await unlink(path);
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
    const text = withPreamble(this.#options, this.#options.format(definition));
    try {
      await renameFile(this.#directory, { from, to, text });
    } catch (error) {
      throw fileError(error, 'rename a definition');
    } finally {
      for (const one of [former, name]) this.#files.forget(one);
    }
  }

  /**
   * Runs `action` while no other process stores a definition: what it reads does not change until it has written.
   *
   * @throws TslxcError RESOURCE_BUSY, which names the process, when one has been at it for a minute: it was stopped, or hangs.
   */
  async exclusive<T>(action: () => T | Promise<T>): Promise<T> {
    // Calls of this process wait for each other here: each that waits for the file lock needs a thread.
    using _turn = await inTurn(this.#directory);
    const directory = this.#openDirectory();
    try {
      const milliseconds = this.#options.patience ?? longestWait;
      await lockFileWithin(directory, { path: this.#directory, milliseconds });
      await finishRenames(this.#directory);
      return await action();
    } catch (error) {
      throw fileError(error, 'change the definitions');
    } finally {
      closeSync(directory);
    }
  }

  /** Whether a directory was in the place of the file. */
  async #setAside(path: string): Promise<boolean> {
    const aside = await setFolderAside(path);
    if (aside === undefined) return false;
    this.#options.logger.warn(
      { path, aside },
      'a directory in the place of a definition was moved',
    );
    return true;
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

  /** That which another process has found in the file. */
  #knownUuid(name: string, stamp: Look): string | undefined {
    if (stamp instanceof Error || this.#files.has(name)) return undefined;
    return this.#options.known?.uuid(name, stamp);
  }

  /** The names of all files, with their stamps. A file whose stamp has changed is read when it is looked at. */
  async #stamps(): Promise<[string, Look][]> {
    const names = this.names();
    this.#files.keepOnly(names);
    if (names.length === 0) return [];
    const renamed = renamedAway(this.#directory);
    const files = names.map((name) => ({ name: `${name}${suffix}`, look: 'entry' }) as const);
    const own = stampsIn(await surveyOwn({ folders: [this.#directory], files }), names);
    const others = await this.#followed(names.filter((name) => !own.has(name)));
    return names.flatMap((name): [string, Look][] => {
      if (renamed.has(`${name}${suffix}`)) return [];
      const stamp = own.get(name) ?? others.get(name);
      // It is gone by now, or is something other than a file.
      return stamp === undefined ? this.#otherStamp(name) : [[name, stamp]];
    });
  }

  /** The stamps of the files that links lead to. They may be on a file system that never answers: off the event loop. */
  async #followed(names: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    if (names.length === 0) return new Map<string, Buffer>();
    const files = names.map((name) => ({ name: `${name}${suffix}`, look: 'stamp' }) as const);
    return stampsIn(await survey({ folders: [this.#directory], files }), names);
  }

  #otherStamp(name: string): [string, Look][] {
    try {
      const stats = this.#stat(name);
      if (stats === undefined) checkLinkLeads(this.path(name));
      return stats === undefined ? [] : [[name, stampOf(stats)]];
    } catch (error) {
      return [[name, fileError(error)]];
    }
  }

  /** Each content of a file has one error. */
  #warn(name: string, err: Error): void {
    if (this.#warned.has(err)) return;
    this.#warned.add(err);
    const { kind, logger } = this.#options;
    logger.warn({ path: this.path(name), err }, `the stored definition of a ${kind} can't be read`);
  }

  #definition(name: string, stamp: Buffer): Definition | undefined {
    const path = this.path(name);
    try {
      return this.#files.definition(name, stamp);
    } catch (error) {
      if (TslxcError.is(error)) throw inFile(error, path);
      throw fileError(error, 'read a definition');
    }
  }

  #parse(name: string, text: string): Definition {
    const path = this.path(name);
    const definition = this.#options.parse(text, path);
    if (definition.name === name) return definition;
    throw new TslxcError('XML_ERROR', `the ${this.#options.kind} in ${path} has another name`, {
      path,
    });
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

  #identity(name: string, stamp: Buffer): StoredIdentity | undefined {
    try {
      const isNew = !this.#files.has(name);
      const { uuid, problem } = this.#files.identity(name, stamp) ?? {};
      if (uuid === undefined) return undefined;
      if (problem !== undefined)
        return { name, uuid, unreadable: inFile(problem, this.path(name)) };
      if (isNew) this.#options.known?.note(name, stamp, uuid);
      return { name, uuid };
    } catch (error) {
      throw fileError(error, 'read a definition');
    }
  }

  /** Empty if the file is gone. */
  #identityOrWarning(name: string, stamp: Look): StoredIdentity[] {
    const found = this.#identityOrFailure(name, stamp);
    if (found?.unreadable !== undefined) this.#warn(name, found.unreadable);
    return found === undefined ? [] : [found];
  }

  #identityOrFailure(name: string, stamp: Look): StoredIdentity | undefined {
    try {
      if (stamp instanceof Error) throw stamp;
      return this.#identity(name, stamp);
    } catch (error) {
      const uuid = this.#options.standIn({ path: this.path(name), name, text: undefined });
      return { name, uuid, unreadable: fileError(error) };
    }
  }

  #openDirectory(): number {
    try {
      makeOwnFolder(this.#directory);
      return openSync(this.#directory, 'r');
    } catch (error) {
      throw fileError(error, 'lock the definitions');
    }
  }
}
