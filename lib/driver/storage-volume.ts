/**
 * StorageVolume: a handle for one volume of a storage pool. It holds no state of its own, so any number of them may exist. Each
 * method checks that the call is allowed and calls the function that does the work; what a caller has to know is documented here.
 */
import type { Readable, Writable } from 'node:stream';
import { checkCalls, type CallsOf } from '../shape/arguments';
import { storageVolumeCalls } from './arguments/storage-volume-calls';
import type { Resizing, WipeAlgorithm } from '../storage/volume/change';
import type { Extent } from '../storage/volume/transfer';
import { formatVolume } from '../storage/volume/volume';
import { Session } from './session/session';
import type { StorageVolumeInfo } from './storage/types';
import {
  changeVolumeSize,
  deleteVolume,
  downloadVolume,
  eraseVolume,
  findVolume,
  uploadVolume,
} from './storage/volumes';
import type { VolumeIdentity } from './storage/volumes';

/**
 * One volume: a file or a folder in the folder of a storage pool, or a logical volume. Handles come from a StoragePool or a Connection, cost nothing and
 * need no closing.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_STORAGE_POOL and NO_STORAGE_VOL when the
 * pool or the volume is gone, OPERATION_INVALID when the pool is not active or the connection is closed, and SyscallError when the
 * volume can't be read. Methods that change something throw OPERATION_DENIED on a read-only connection.
 */
export class StorageVolume {
  /** Unique within its pool. */
  readonly name: string;
  /** Where it is on the host: an absolute path. It is also its key, which is unique on the host. */
  readonly path: string;
  /** Name and uuid of its pool. */
  readonly pool: {
    /** Its name. */
    readonly name: string;
    /** In lower case with dashes. */
    readonly uuid: string;
  };
  readonly #session: Session;
  readonly #identity: VolumeIdentity;

  private constructor(session: Session, identity: VolumeIdentity & { readonly path: string }) {
    if (!(session instanceof Session)) {
      throw new TypeError('a StorageVolume comes from a Connection');
    }
    const { pool, name, path } = identity;
    this.name = name;
    this.path = path;
    this.pool = pool;
    this.#session = session;
    this.#identity = { pool, name };
  }

  /** @internal Handles come from a StoragePool. */
  static of(session: Session, identity: VolumeIdentity & { readonly path: string }): StorageVolume {
    return new StorageVolume(session, identity);
  }

  /**
   * What it is now, and how large.
   *
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED.
   * @see virStorageVolGetInfo, `virsh vol-info`
   */
  async info(): Promise<StorageVolumeInfo> {
    this.#session.requireAccess('read', 'StorageVolume.info');
    const found = await findVolume(this.#session, this.#identity);
    const { type, format, capacity, allocation, physical } = found;
    return { type, format, capacity, allocation, physical };
  }

  /**
   * All that is known of it as XML: also its permissions and times, and the image below it.
   *
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED.
   * @see virStorageVolGetXMLDesc, `virsh vol-dumpxml`
   */
  async xml(): Promise<string> {
    this.#session.requireAccess('read', 'StorageVolume.xml');
    return formatVolume(await findVolume(this.#session, this.#identity));
  }

  /**
   * Changes its capacity. It must not be in use: a container would not be told.
   *
   * @param capacity - bytes
   * @param options - `shrink`, `allocate`; none by default
   * @throws TslxcError INVALID_ARG for a size that is none, or too small; NO_SUPPORT for a folder, for a logical volume, and for images of
   * formats other than qcow2; OPERATION_FAILED when there is no room.
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED, OPERATION_DENIED.
   * @see virStorageVolResize, `virsh vol-resize`
   */
  async resize(capacity: number, options: Resizing = {}): Promise<void> {
    this.#session.requireAccess('write', 'StorageVolume.resize');
    await changeVolumeSize(this.#session, this.#identity, { ...options, capacity });
  }

  /**
   * Overwrites all of its file.
   *
   * @param algorithm - `zero`, the default, needs no program; the others are those of scrub(1), and `trim` is refused
   * @throws TslxcError NO_SUPPORT; OPERATION_UNSUPPORTED when scrub is not installed.
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED, OPERATION_DENIED.
   * @see virStorageVolWipePattern, `virsh vol-wipe`
   */
  async wipe(algorithm: WipeAlgorithm = 'zero'): Promise<void> {
    this.#session.requireAccess('write', 'StorageVolume.wipe');
    await eraseVolume(this.#session, this.#identity, algorithm);
  }

  /**
   * The bytes of its file. Whoever does not read all of the stream has to destroy it.
   *
   * @param extent - `offset` and `length` in bytes; all of the file by default
   * @throws TslxcError INVALID_ARG for what is no number of bytes.
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED, OPERATION_DENIED.
   * @see virStorageVolDownload, `virsh vol-download`
   */
  async download(extent: Extent = {}): Promise<Readable> {
    this.#session.requireAccess('write', 'StorageVolume.download');
    return downloadVolume(this.#session, this.#identity, extent);
  }

  /**
   * A stream whose bytes go into its file, from `offset` on. The file becomes longer if need be. What is written is there when the
   * stream has finished.
   *
   * @param extent - `offset` and the most bytes, `length`; by default the beginning, and any number
   * @throws TslxcError INVALID_ARG for what is no number of bytes; OPERATION_FAILED, by the stream, for more than `length` bytes.
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED, OPERATION_DENIED.
   * @see virStorageVolUpload, `virsh vol-upload`
   */
  async upload(extent: Extent = {}): Promise<Writable> {
    this.#session.requireAccess('write', 'StorageVolume.upload');
    return uploadVolume(this.#session, this.#identity, extent);
  }

  /**
   * Removes its file or, if that is empty, its folder. Containers that use it are not looked for.
   *
   * @throws SyscallError, such as ENOTEMPTY.
   * @throws TslxcError NO_STORAGE_VOL, NO_STORAGE_POOL, OPERATION_INVALID, ACCESS_DENIED, OPERATION_DENIED.
   * @see virStorageVolDelete, `virsh vol-delete`
   */
  async delete(): Promise<void> {
    this.#session.requireAccess('write', 'StorageVolume.delete');
    await deleteVolume(this.#session, this.#identity);
  }
}

checkCalls(
  'StorageVolume',
  StorageVolume.prototype,
  storageVolumeCalls satisfies CallsOf<StorageVolume>,
);

/** A volume of a list, with what it was when the list was made. */
export interface ListedVolume extends StorageVolumeInfo {
  /** A handle for it. */
  readonly volume: StorageVolume;
}
