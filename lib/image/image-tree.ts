/**
 * Looks into an image: where its program is, and who its user is. Its layers are mounted as one detached tree without devices, in
 * which the kernel resolves paths, so that no link leads to the host.
 */
import { constants, fstatSync, readSync } from 'node:fs';
import { constants as system } from 'node:os';
import { TslxcError } from '../errors';
import { native } from '../host/native';
import { hasErrno } from '../host/state/file-error';
import { O_PATH } from '../host/state/open-flags';
import { mountLayers, noDevices, readOnlyMount } from './layer/mounted-layers';

/** A line of passwd(5). */
export interface Account {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly home: string;
}

const longestPasswd = 1024 * 1024;
const executeBits = 0o111;
const { ENOENT, ENOTDIR, ELOOP, EACCES } = system.errno;

export class ImageTree implements Disposable {
  readonly #root: number;

  /** `layers`: absolute paths, from the uppermost on, with an empty directory at the end. @throws SyscallError. */
  constructor(layers: readonly string[]) {
    const attributes = readOnlyMount | noDevices;
    this.#root = mountLayers({ lowers: layers, options: [], attributes });
  }

  [Symbol.dispose](): void {
    native().closeDescriptor(this.#root);
  }

  /**
   * The absolute path of the program that a word means, as execvp(3) finds it.
   *
   * @throws TslxcError OPERATION_FAILED when there is none.
   */
  findProgram(word: string, path: string, directory: string): string {
    if (word.startsWith('/')) return word;
    const folders = word.includes('/') ? [directory] : path.split(':').filter((one) => one !== '');
    for (const folder of folders) {
      const place = `${folder.replace(/\/+$/, '')}/${word}`;
      if (place.startsWith('/') && this.#isProgram(place)) return place;
    }
    const where = word.includes('/') ? `below '${directory}'` : `in its PATH (${path})`;
    throw new TslxcError('OPERATION_FAILED', `the image has no program '${word}' ${where}`, {
      errno: ENOENT,
      step: 'find the program',
    });
  }

  /** The account of a user, by name or id; undefined when the image does not have it. */
  accountOf(user: string): Account | undefined {
    const isId = /^\d+$/.test(user);
    for (const line of this.#read('/etc/passwd').split('\n')) {
      const [name = '', , uid = '', gid = '', , home = ''] = line.split(':');
      if ((isId ? uid : name) === user && /^\d+$/.test(gid)) return { name, uid, gid, home };
    }
    return undefined;
  }

  /** Whether a file can be mounted at the path: not if a dangling link is there. */
  canShowAt(path: string): boolean {
    return this.#isThere(path, O_PATH) || !this.#isThere(path, O_PATH | constants.O_NOFOLLOW);
  }

  /** A descriptor of the directory, to be closed by the caller; undefined when the image has none there. */
  openDirectory(path: string): number | undefined {
    return this.#open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  #isThere(path: string, flags: number): boolean {
    const fd = this.#open(path, flags);
    if (fd !== undefined) native().closeDescriptor(fd);
    return fd !== undefined;
  }

  #isProgram(path: string): boolean {
    const fd = this.#open(path, O_PATH);
    if (fd === undefined) return false;
    try {
      const found = fstatSync(fd);
      return found.isFile() && (found.mode & executeBits) !== 0;
    } finally {
      native().closeDescriptor(fd);
    }
  }

  /** '' if there is no regular file. */
  #read(path: string): string {
    const fd = this.#open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fd === undefined) return '';
    try {
      if (!fstatSync(fd).isFile()) return '';
      const text = Buffer.alloc(longestPasswd);
      return text.toString('utf8', 0, readSync(fd, text, 0, longestPasswd, 0));
    } finally {
      native().closeDescriptor(fd);
    }
  }

  #open(path: string, flags: number): number | undefined {
    try {
      return native().openInRoot(this.#root, path, flags);
    } catch (error) {
      // EACCES: no device can be opened in this mount.
      if ([ENOENT, ENOTDIR, ELOOP, EACCES].some((errno) => hasErrno(error, errno)))
        return undefined;
      throw error;
    }
  }
}
