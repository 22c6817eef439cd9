/** Reads an LXC configuration with the files that it includes, and the fstab that it names. */
import { isUtf8 } from 'node:buffer';
import { dirname, isAbsolute, join } from 'node:path';
import { configurationError, type Entry } from '../../domain/lxc-configuration/entry';
import { parseEntries } from '../../domain/lxc-configuration/lines';
import { settingsOf, type Configuration } from '../../domain/lxc-configuration/convert';
import type { Report } from '../../domain/lxc-configuration/report';
import { absolutePath } from '../../host/state/absolute-path';
import type { NativeConfiguration } from './types';

/** A file has to be smaller than this, in bytes. */
const mostBytes = 1024 * 1024;

/** How deep files may include each other, and how many files there may be in all. */
const mostNested = 16;
const mostFiles = 256;

/** How the files that a configuration names are read. A file that can't be read is an error with `syscall`. */
export interface ConfigurationFiles {
  isDirectory(path: string): Promise<boolean>;
  /** The names of the entries of a directory. */
  names(path: string): Promise<string[]>;
  /** The first bytes of a file, at most `most`. */
  read(path: string, most: number): Promise<Buffer>;
}

/**
 * @throws TslxcError CONF_SYNTAX, with `path` and `line`, for a line that LXC would refuse, a file that can't be read, and files
 * that include each other in a loop or too deep; as `ConfigurationFiles`.
 */
export async function loadConfiguration(
  { text, path }: NativeConfiguration,
  files: ConfigurationFiles,
  report: Report,
): Promise<Configuration> {
  const loader = new Loader(files, report);
  await loader.take(text, path === undefined ? [] : [path]);
  const { entries, names } = loader;
  const fstab = await loader.fstab();
  const place = path === undefined ? {} : { path: absolutePath(path) };
  return { entries, fstab, files: names, ...place };
}

/** What a configuration without a path is called in messages. */
const nameless = 'configuration';

class Loader {
  readonly entries: Entry[] = [];
  /** The names of all files that were read. */
  readonly names: string[] = [];
  readonly #files: ConfigurationFiles;
  readonly #report: Report;

  constructor(files: ConfigurationFiles, report: Report) {
    this.#files = files;
    this.#report = report;
  }

  /** `chain`: the files that have led to this one, outermost first, and the file itself. */
  async take(text: string, chain: readonly string[]): Promise<void> {
    const file = chain.at(-1) ?? nameless;
    this.names.push(file);
    for (const entry of parseEntries(text, file, this.#report)) {
      if (entry.key !== 'lxc.include') this.entries.push(entry);
      else if (entry.value !== '') await this.#include(entry, chain);
    }
  }

  /** A folder stands for its files *.conf. */
  async #include(entry: Entry, chain: readonly string[]): Promise<void> {
    const path = pathIn(entry);
    for (const file of await this.#filesAt(entry, path)) {
      if (chain.includes(file) || chain.length >= mostNested) {
        const fault = chain.includes(file) ? 'in a loop' : `more than ${mostNested} deep`;
        const way = [...chain, file].join(' includes ');
        throw configurationError(entry.place, `files include each other ${fault}: ${way}`);
      }
      if (this.names.length >= mostFiles) {
        throw configurationError(entry.place, `more than ${mostFiles} files are included`);
      }
      await this.take(await this.#read(entry, file), [...chain, file]);
    }
  }

  async #filesAt(entry: Entry, path: string): Promise<string[]> {
    const names = await this.#named(entry, path);
    if (names === undefined) return [path];
    const wanted = names.filter((name) => name.length > '.conf'.length && name.endsWith('.conf'));
    return wanted.sort().map((name) => join(path, name));
  }

  /** The names in a directory; undefined for anything else. */
  async #named(entry: Entry, path: string): Promise<string[] | undefined> {
    try {
      const at = absolutePath(path);
      return (await this.#files.isDirectory(at)) ? await this.#files.names(at) : undefined;
    } catch (error) {
      throw unreadable(entry, error);
    }
  }

  async #read(entry: Entry, path: string): Promise<string> {
    let bytes: Buffer;
    try {
      bytes = await this.#files.read(absolutePath(path), mostBytes);
    } catch (error) {
      throw unreadable(entry, error);
    }
    if (bytes.length >= mostBytes) {
      throw configurationError(entry.place, `'${path}' is larger than 1 MiB`);
    }
    if (!isUtf8(bytes)) throw configurationError(entry.place, `'${path}' is not in UTF-8`);
    return bytes.toString();
  }

  /** The lines of the fstab, as values of lxc.mount.entry. */
  async fstab(): Promise<Entry[]> {
    const entry = settingsOf({ entries: this.entries }).take('lxc.mount.fstab');
    if (entry === undefined) return [];
    const file = pathIn(entry);
    const text = await this.#read(entry, file);
    this.names.push(file);
    return text.split('\n').flatMap((line, index): Entry[] => {
      const value = line.trim();
      if (value === '' || value.startsWith('#')) return [];
      const place = { file, line: index + 1 };
      return [{ key: 'lxc.mount.entry', written: 'mount', value, place }];
    });
  }
}

/** A relative path is relative to the folder of the file that has it; if the caller named the first file relatively, so are all. */
function pathIn({ value, place }: Entry): string {
  return isAbsolute(value) || place.file === nameless ? value : join(dirname(place.file), value);
}

/** Names the line for an error of a system call; any other error, such as that the file does not answer, stays as it is. */
function unreadable({ written, value, place }: Entry, cause: unknown): unknown {
  const { syscall, message } = cause as NodeJS.ErrnoException;
  return syscall === undefined
    ? cause
    : configurationError(place, `${written} = ${value}: ${message}`);
}
