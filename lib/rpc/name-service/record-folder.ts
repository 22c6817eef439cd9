/**
 * The folder in which libnss-libvirt looks. Ours are the files whose names begin with a prefix that libvirt's own do not have, so
 * nothing of libvirt's is changed. They only repeat what is known elsewhere: what is left of a killed daemon goes with the next.
 */
import { chmodSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unlessMissing } from '../../host/state/file-error';
import { makeOwnFolder } from '../../host/state/own-folder';

const prefix = 'tslxc-';

/** No ending that the module looks for. */
const unfinished = `${prefix}new`;

export class RecordFolder {
  readonly #path: string;
  /** What was written last, by the name of the file. */
  readonly #written = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Writes the files whose content has changed, so that everybody can read them, and removes all others of ours. A reader sees the
   * old or the new content.
   *
   * @throws SyscallError.
   */
  write(files: ReadonlyMap<string, string>): void {
    const named = new Map([...files].map(([name, text]) => [prefix + name, text]));
    if (named.size > 0) makeOwnFolder(this.#path, 0o755);
    for (const name of this.#present()) {
      if (named.has(name)) continue;
      rmSync(join(this.#path, name), { force: true });
      this.#written.delete(name);
    }
    for (const [name, text] of named) {
      if (this.#written.get(name) === text) continue;
      this.#replace(name, text);
      this.#written.set(name, text);
    }
  }

  #replace(name: string, text: string): void {
    const path = join(this.#path, unfinished);
    writeFileSync(path, text, { flag: 'wx', mode: 0o644 });
    // Whatever the umask is.
    chmodSync(path, 0o644);
    renameSync(path, join(this.#path, name));
  }

  #present(): string[] {
    const names = unlessMissing(() => readdirSync(this.#path)) ?? [];
    return names.filter((name) => name.startsWith(prefix));
  }
}
