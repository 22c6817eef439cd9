/** Which definitions are started with the host: those with a link in the folder `autostart`, as in libvirt. */
import { statSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError, hasErrno } from '../file-error';
import { makeOwnFolder } from '../own-folder';

const EEXIST = 17;

export class AutostartLinks {
  readonly #directory: string;

  /** `directory`: that of the definitions. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  has(file: string): boolean {
    return statSync(this.#path(file), { throwIfNoEntry: false }) !== undefined;
  }

  /** Links to the definition at `path`. */
  async add(file: string, path: string): Promise<void> {
    const link = this.#path(file);
    try {
      makeOwnFolder(dirname(link));
      await symlink(path, link);
    } catch (error) {
      if (hasErrno(error, EEXIST)) return;
      throw fileError(error, 'change the autostart of a definition');
    }
  }

  async remove(file: string): Promise<void> {
    try {
      await rm(this.#path(file), { force: true });
    } catch (error) {
      throw fileError(error, 'change the autostart of a definition');
    }
  }

  #path(file: string): string {
    return join(this.#directory, 'autostart', file);
  }
}
