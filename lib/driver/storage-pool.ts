/**
 * StoragePool: a handle for one storage pool. It holds no state of its own, so any number of them may exist. Each method checks that
 * the call is allowed and calls the function that does the work; what a caller has to know is documented here.
 */
import { checkCalls, type CallsOf } from '../shape/arguments';
import { autostartWord } from './arguments/option-shapes';
import { storagePoolCalls } from './arguments/storage-pool-calls';
import type { Autostart } from './types';
import type { Identity } from '../host/state/definitions/definition-store';
import { Session } from './session/session';
import { StorageVolume } from './storage-volume';
import type { ListedVolume } from './storage-volume';
import { editablePoolXml, poolInfo, poolXml } from './storage/inspect';
import type { CopyVolumeOptions, CreateVolumeOptions, StoragePoolInfo } from './storage/types';
import {
  buildPool,
  deletePool,
  destroyPool,
  refreshPool,
  setPoolAutostart,
  startPool,
  undefinePool,
} from './storage/verbs';
import { createVolume, createVolumeFrom, findVolume, listVolumes } from './storage/volumes';

/**
 * One storage pool: a folder of the host whose files and folders are volumes, or a volume group of LVM. Handles come from a Connection,
 * cost nothing and need no closing. What another program puts into the folder or the group is a volume after the next `refresh`.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_STORAGE_POOL when the pool is gone or
 * another one has taken its name, and OPERATION_INVALID when the connection is closed. Methods that change something throw
 * OPERATION_DENIED on a read-only connection.
 *
 * @example
 * const pool = await connection.defineStoragePool(xml);
 * await pool.start({ build: true });
 * const volume = await pool.createVolume("<volume><name>disk.img</name><capacity unit='MiB'>64</capacity></volume>");
 * console.log(volume.path, await volume.info());
 */
export class StoragePool {
  /** The name in its definition, unique within a root of tslxc. */
  readonly name: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  readonly #session: Session;
  readonly #identity: Identity;

  private constructor(session: Session, identity: Identity) {
    if (!(session instanceof Session)) {
      throw new TypeError('a StoragePool comes from a Connection');
    }
    this.name = identity.name;
    this.uuid = identity.uuid;
    this.#session = session;
    this.#identity = { name: this.name, uuid: this.uuid };
  }

  /** @internal Handles come from a Connection. */
  static of(session: Session, identity: Identity): StoragePool {
    return new StoragePool(session, identity);
  }

  /**
   * Its current state: whether it is active, and how much room it has.
   *
   * @throws SyscallError when its folder can't be looked at.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed.
   * @see virStoragePoolGetInfo, `virsh pool-info`
   */
  async info(): Promise<StoragePoolInfo> {
    this.#session.requireAccess('read', 'StoragePool.info');
    return poolInfo(this.#session, this.#identity);
  }

  /**
   * The definition as XML: of the active pool, with its room and the permissions of its folder, if it is active; else, and with
   * `which: 'inactive'`, that of the next start.
   *
   * @throws SyscallError when its folder can't be looked at.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed.
   * @see virStoragePoolGetXMLDesc, `virsh pool-dumpxml`
   */
  async xml(options: { readonly which?: 'inactive' | undefined } = {}): Promise<string> {
    this.#session.requireAccess('read', 'StoragePool.xml');
    return poolXml(this.#session, this.#identity, options.which);
  }

  /** @internal What `pool-edit` begins with: also of a stored file that is not a valid definition. */
  async editableXml(): Promise<string> {
    this.#session.requireAccess('read', 'StoragePool.editableXml');
    return editablePoolXml(this.#session, this.#identity);
  }

  /**
   * Makes its volumes usable. The file system of a pool of type fs is mounted, with `nodev,nosuid,noexec`; the volume group of a pool of
   * type logical is activated, unless the host has done so.
   *
   * @param options - `build`: whether its folder is made first, as by `build`; false by default
   * @throws SyscallError when its folder can't be opened.
   * @throws TslxcError OPERATION_INVALID when it is active, and when something is mounted where its file system is to be;
   * OPERATION_FAILED with the words of mount(8) or of LVM; OPERATION_UNSUPPORTED when lvm2 is needed and not installed.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolCreate, `virsh pool-start`
   */
  async start(options: { readonly build?: boolean | undefined } = {}): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.start');
    await startPool(this.#session, this.#identity, options);
  }

  /**
   * Ends its use: no volume is found in it any more. The files stay, and containers that use them go on. A transient pool then no
   * longer exists. The file system of a pool of type fs is unmounted, and a volume group that the start has activated is deactivated.
   *
   * @throws TslxcError OPERATION_INVALID when it is not active; OPERATION_FAILED when its file system or its volume group is in use.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolDestroy, `virsh pool-destroy`
   */
  async destroy(): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.destroy');
    await destroyPool(this.#session, this.#identity);
  }

  /**
   * Makes its folder, and those above it that are missing, with the permissions of its definition; by default with mode 0711. The
   * permissions of a folder that is there are changed only if the definition has some. Of type logical, makes the volume group of its
   * devices; one that something is on is not taken.
   *
   * @throws SyscallError, with `path`.
   * @throws TslxcError OPERATION_INVALID when it is active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolBuild, `virsh pool-build`
   */
  async build(): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.build');
    await buildPool(this.#session, this.#identity);
  }

  /**
   * Removes its folder, which has to be empty, or its volume group, which may have no volumes. The definition stays.
   *
   * @throws SyscallError, with `path`, such as ENOTEMPTY.
   * @throws TslxcError OPERATION_INVALID when it is active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolDelete, `virsh pool-delete`
   */
  async delete(): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.delete');
    await deletePool(this.#session, this.#identity);
  }

  /**
   * Finds out which volumes it has: a file that another program has put into its folder is one from then on.
   *
   * @throws SyscallError when its folder can't be opened.
   * @throws TslxcError OPERATION_INVALID when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolRefresh, `virsh pool-refresh`
   */
  async refresh(): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.refresh');
    await refreshPool(this.#session, this.#identity);
  }

  /**
   * Removes the stored definition. The volumes stay.
   *
   * @throws TslxcError OPERATION_INVALID when it is active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolUndefine, `virsh pool-undefine`
   */
  async undefine(): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.undefine');
    await undefinePool(this.#session, this.#identity);
  }

  /**
   * Sets whether it is started with the host, that is, at the first use of pools after a boot. It is not started now.
   *
   * @throws TslxcError INTERNAL_ERROR, as in libvirt, for a transient pool.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed, OPERATION_DENIED on a read-only one.
   * @see virStoragePoolSetAutostart, `virsh pool-autostart`
   */
  async setAutostart(autostart: Autostart): Promise<void> {
    this.#session.requireAccess('write', 'StoragePool.setAutostart');
    await setPoolAutostart(this.#session, this.#identity, autostartWord(autostart));
  }

  // Volumes.

  /**
   * Its volumes, by name.
   *
   * @throws SyscallError when its folder can't be read.
   * @throws TslxcError OPERATION_INVALID when it is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed.
   * @see virStoragePoolListAllVolumes, `virsh vol-list`
   */
  async volumes(): Promise<StorageVolume[]> {
    this.#session.requireAccess('read', 'StoragePool.volumes');
    const found = await listVolumes(this.#session, this.#identity);
    return found.map(({ name, path }) => this.#volume(name, path));
  }

  /**
   * Its volumes with what each is, by name: with one look at each.
   *
   * @throws as `volumes`.
   * @see `virsh vol-list --details`
   */
  async listVolumes(): Promise<ListedVolume[]> {
    this.#session.requireAccess('read', 'StoragePool.listVolumes');
    const found = await listVolumes(this.#session, this.#identity);
    return found.map(({ name, path, type, format, capacity, allocation, physical }) => ({
      volume: this.#volume(name, path),
      ...{ type, format, capacity, allocation, physical },
    }));
  }

  /**
   * The volume that has this name.
   *
   * @throws SyscallError when it can't be read.
   * @throws TslxcError NO_STORAGE_VOL when there is none; OPERATION_INVALID when the pool is not active.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when the connection is
   * closed.
   * @see virStorageVolLookupByName
   */
  async lookupVolume(name: string): Promise<StorageVolume> {
    this.#session.requireAccess('read', 'StoragePool.lookupVolume');
    const { path } = await findVolume(this.#session, { pool: this.#identity, name });
    return this.#volume(name, path);
  }

  /**
   * Makes a volume: a file, an image by qemu-img, or, of format `dir`, a folder. Nothing that is there is replaced.
   *
   * @param xml - `<volume>`
   * @param options - `preallocate`; `validate`: refuses what libvirt's schema does not know; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`.
   * @throws TslxcError STORAGE_VOL_EXIST when there is a volume of that name; CONFIG_UNSUPPORTED and NO_SUPPORT for what can't be
   * made; OPERATION_UNSUPPORTED when qemu-img is needed and not installed; OPERATION_FAILED when there is no room.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL when the pool is gone, OPERATION_INVALID when it is not active
   * and when the connection is closed, OPERATION_DENIED on a read-only one.
   * @see virStorageVolCreateXML, `virsh vol-create`
   */
  async createVolume(xml: string, options: CreateVolumeOptions = {}): Promise<StorageVolume> {
    this.#session.requireAccess('write', 'StoragePool.createVolume');
    const { name } = await createVolume(this.#session, this.#identity, { ...options, xml });
    return this.lookupVolume(name);
  }

  /**
   * Makes a copy of a volume of this or another pool. Into the same format it is copied byte for byte; raw volumes, and
   * images that name no other file, are also converted.
   *
   * @param xml - `<volume>`: the copy; without a capacity it has that of the original
   * @param from - the original
   * @param options - `reflink`; `preallocate`; `validate`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`.
   * @throws TslxcError NO_SUPPORT for a folder, and for what can't be converted; and as `createVolume`.
   * @throws TslxcError ACCESS_DENIED without root, NO_STORAGE_POOL and NO_STORAGE_VOL when a pool or the original is gone,
   * OPERATION_INVALID when a pool is not active and when the connection is closed, OPERATION_DENIED on a read-only one.
   * @see virStorageVolCreateXMLFrom, `virsh vol-clone`
   */
  async createVolumeFrom(
    xml: string,
    from: StorageVolume,
    options: CopyVolumeOptions = {},
  ): Promise<StorageVolume> {
    this.#session.requireAccess('write', 'StoragePool.createVolumeFrom');
    const { pool, name: original } = from;
    const what = { ...options, xml, from: { pool, name: original } };
    const { name } = await createVolumeFrom(this.#session, this.#identity, what);
    return this.lookupVolume(name);
  }

  #volume(name: string, path: string): StorageVolume {
    return StorageVolume.of(this.#session, { pool: this.#identity, name, path });
  }
}

checkCalls('StoragePool', StoragePool.prototype, storagePoolCalls satisfies CallsOf<StoragePool>);
