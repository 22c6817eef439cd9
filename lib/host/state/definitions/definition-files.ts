/**
 * What is known of the files of stored definitions. A file is parsed again only after its content has changed, and read again only
 * after its stamp has: its device, inode, size and times.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { TslxcError } from '../../../errors';
import { hasErrno, naming } from '../file-error';
import { isYoung } from './known-identities';

const ENOENT = 2;
const EISDIR = 21;

/** Ethernet addresses, wherever they stand in a text. */
const addressForm = /[0-9a-f]{2}(?::[0-9a-f]{2}){5}/gi;

interface Content {
  /** As far as it can be read. */
  readonly text: string;
  /** Why it holds no definition, whatever the text. */
  readonly unusable?: string;
}

/** The content of a file when it had that stamp. */
interface KnownFile<Definition> {
  /** Undefined if it has been written by this process, and not looked at since. */
  readonly stamp: Buffer | undefined;
  /** Kept as long as the file may change without a change of its stamp. */
  readonly content: Content | undefined;
  /** Undefined if it has not been parsed; of a file that is no definition, the one that stands in. */
  readonly uuid: string | undefined;
  /** Why it is no definition; undefined if it is one, or has not been parsed. */
  readonly problem: TslxcError | undefined;
  /** Undefined if it has not been parsed, or is none. */
  readonly definition: Definition | undefined;
  /** In lower case. */
  readonly addresses: readonly string[];
}

export interface DefinitionFilesOptions<Definition> {
  readonly path: (name: string) => string;
  /** @throws for a text that is no definition of that name. */
  readonly parse: (name: string, text: string) => Definition;
  /** The uuid that stands in for that of a text which is no definition. */
  readonly standIn: (name: string, text: string) => string;
}

/** The uuid in a file, and why it is no definition, in which case the uuid is one that stands in. */
export interface FileIdentity {
  readonly uuid: string;
  readonly problem?: TslxcError;
}

export class DefinitionFiles<Definition extends { readonly uuid: string }> {
  readonly #options: DefinitionFilesOptions<Definition>;
  readonly #known = new Map<string, KnownFile<Definition>>();

  constructor(options: DefinitionFilesOptions<Definition>) {
    this.#options = options;
  }

  /** The definition in a file that has this stamp; undefined if it is gone. @throws as `parse`, and the errors of node:fs. */
  definition(name: string, stamp: Buffer): Definition | undefined {
    const file = this.#look(name, stamp);
    if (file === undefined || file.definition !== undefined) return file?.definition;
    if (file.problem !== undefined) throw file.problem;
    const text = file.content?.text ?? this.text(name);
    if (text === undefined) return undefined;
    try {
      const definition = this.#options.parse(name, text);
      this.#known.set(name, { ...file, uuid: definition.uuid, definition });
      return definition;
    } catch (error) {
      if (!TslxcError.is(error)) throw error;
      const uuid = this.#options.standIn(name, text);
      this.#known.set(name, { ...file, uuid, problem: error });
      throw error;
    }
  }

  /**
   * The uuid in the file, which is not parsed for it if this process has written it; undefined if the file is gone. Each content
   * that is no definition has the same `problem` every time.
   *
   * @throws the errors of node:fs.
   */
  identity(name: string, stamp: Buffer): FileIdentity | undefined {
    const seen = this.#look(name, stamp);
    if (seen?.uuid === undefined) this.#tryToParse(name, stamp);
    const { uuid, problem } = this.#known.get(name) ?? {};
    if (seen === undefined || uuid === undefined) return undefined;
    return problem === undefined ? { uuid } : { uuid, problem };
  }

  /**
   * The text of the file as it is now; undefined if it is gone.
   *
   * @throws TslxcError XML_ERROR for what is no text in UTF-8, of which a change would lose something; the errors of node:fs.
   */
  text(name: string): string | undefined {
    const content = this.#content(name);
    if (content?.unusable === undefined) return content?.text;
    throw this.#problem(name, content.unusable);
  }

  /** Whether anything is known of the file. */
  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** Ethernet addresses in the files that have been looked at, in lower case. */
  addresses({ except }: { readonly except: string }): Set<string> {
    const others = [...this.#known].filter(([name]) => name !== except);
    return new Set(others.flatMap(([, { addresses }]) => addresses));
  }

  /** This process has written a definition. */
  remember(name: string, { text, uuid }: { readonly text: string; readonly uuid: string }): void {
    const addresses = addressesIn(text);
    const unparsed = { problem: undefined, definition: undefined };
    this.#known.set(name, { stamp: undefined, content: { text }, uuid, ...unparsed, addresses });
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Forgets what is not among these names. */
  keepOnly(names: readonly string[]): void {
    const present = new Set(names);
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name);
  }

  /** What comes of it is known afterwards. */
  #tryToParse(name: string, stamp: Buffer): void {
    try {
      this.definition(name, stamp);
    } catch (error) {
      if (!TslxcError.is(error)) throw error;
    }
  }

  /** What the file holds now; undefined if it is gone. */
  #look(name: string, stamp: Buffer): KnownFile<Definition> | undefined {
    const known = this.#known.get(name);
    const isSettled = known?.content === undefined && known?.stamp?.equals(stamp) === true;
    if (isSettled) return known;
    const content = this.#content(name);
    if (content === undefined) return undefined;
    const kept = isYoung(stamp) ? content : undefined;
    const isSame =
      known?.content?.text === content.text && known.content.unusable === content.unusable;
    const file = isSame
      ? { ...known, stamp, content: kept }
      : { stamp, content: kept, ...this.#unparsed(name, content) };
    this.#known.set(name, file);
    return file;
  }

  #unparsed(
    name: string,
    { text, unusable }: Content,
  ): Omit<KnownFile<Definition>, 'stamp' | 'content'> {
    const addresses = addressesIn(text);
    if (unusable === undefined) {
      return { uuid: undefined, problem: undefined, definition: undefined, addresses };
    }
    const uuid = this.#options.standIn(name, text);
    return { uuid, problem: this.#problem(name, unusable), definition: undefined, addresses };
  }

  #problem(name: string, unusable: string): TslxcError {
    return new TslxcError('XML_ERROR', `${this.#options.path(name)}: ${unusable}`);
  }

  #content(name: string): Content | undefined {
    try {
      const bytes = this.#bytes(name);
      if (bytes === undefined) return undefined;
      const text = bytes.toString();
      if (isUtf8(bytes)) return { text };
      return {
        text,
        unusable:
          'it is not in UTF-8: convert it, as by iconv -f LATIN1 -t UTF-8, or define it anew',
      };
    } catch (error) {
      if (!hasErrno(error, EISDIR)) throw error;
      return { text: '', unusable: 'a directory is in its place: undefine it, or define it anew' };
    }
  }

  /** Empty for a fifo without a writer; undefined if there is no file. */
  #bytes(name: string): Buffer | undefined {
    try {
      return readBytes(this.#options.path(name));
    } catch (error) {
      if (hasErrno(error, ENOENT)) return undefined;
      throw naming(this.#options.path(name), error);
    }
  }
}

function addressesIn(text: string): string[] {
  return (text.match(addressForm) ?? []).map((address) => address.toLowerCase());
}

function readBytes(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
