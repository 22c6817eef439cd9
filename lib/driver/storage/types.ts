/** The plain data of the public API about storage. */
import type { StoragePoolType, VolumeFormat } from '../../storage/definition/formats';
import type { ListFilter } from '../lookup/list-filter';

/** What a storage pool is now, and how much room it has. */
export interface StoragePoolInfo {
  /** Whether its volumes can be used. */
  readonly active: boolean;
  /** Whether it has a stored definition. */
  readonly persistent: boolean;
  /** Whether it is started with the host. */
  readonly autostart: boolean;
  /** Where its volumes are. Absent if it is not active and its stored definition can't be read. */
  readonly type?: StoragePoolType;
  /** The folder of the host in which its volumes are. Absent as `type`. */
  readonly target?: string;
  /** Bytes of the file system, or what else the volumes are on; 0 when it is not active. */
  readonly capacity: number;
  /** Bytes of it that are taken, by whatever; 0 when it is not active. */
  readonly allocation: number;
  /** Bytes that are left; 0 when it is not active. */
  readonly available: number;
  /**
   * Why its stored definition can't be read: it can't be started until that is mended, but edited, replaced and undefined. Absent if it can
   * be read, or if there is none.
   */
  readonly unreadable?: string;
}

/** Which storage pools are listed. */
export interface StoragePoolFilter extends ListFilter {
  /** Default: all types. */
  readonly types?: readonly StoragePoolType[] | undefined;
}

/** What a volume is now, and how large. */
export interface StorageVolumeInfo {
  /** A file, a folder or, in a pool of type logical, a block device. */
  readonly type: 'file' | 'dir' | 'block';
  /** What its first bytes say, which a container may have written; `raw` for those of no known image. */
  readonly format: VolumeFormat;
  /** Bytes of the disk that it is; 0 for a folder. */
  readonly capacity: number;
  /** Bytes that it takes in its pool. */
  readonly allocation: number;
  /** Bytes of its file. */
  readonly physical: number;
}

/** How a volume is made. */
export interface CreateVolumeOptions {
  /** `metadata`: the image, of format qcow2, gets the tables for all of its capacity at once. Default: none. */
  readonly preallocate?: 'metadata' | undefined;
  /** As in `DefineOptions`. Default: false, unless `strict = 1` is set in `etc/tslxc/lxc.conf`. */
  readonly validate?: boolean | undefined;
}

/** How a volume is copied. */
export interface CopyVolumeOptions extends CreateVolumeOptions {
  /** `required`: the copy shares the blocks of the original until one of them is written, or the call fails. Default: where possible. */
  readonly reflink?: 'required' | undefined;
}
