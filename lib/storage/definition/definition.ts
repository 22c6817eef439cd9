/**
 * PoolDefinition and VolumeDefinition: a parsed `<pool>` and a parsed `<volume>` as readonly plain data, with libvirt's defaults
 * filled in. They are never modified; a change is a new definition.
 */
import type { UnknownWord } from '../../domain/xml/unsupported';
import type { GroupFormat, PoolFormat, StoragePoolType, VolumeFormat } from './formats';

/** `<permissions>` of a target. What is missing is left as the system makes it. */
export interface Permissions {
  /** Bits of chmod(2). */
  readonly mode?: number;
  readonly owner?: number;
  readonly group?: number;
  /** The label of a security module, as written. It is not carried out. */
  readonly label?: string;
}

/** The volume group of a pool of type logical. */
export interface GroupSource {
  readonly name: string;
  /** The block devices of the host that a build makes it of: absolute paths. */
  readonly devices: readonly string[];
  /** Printed. */
  readonly format: GroupFormat;
}

/** `<source>` of a pool. */
export interface PoolSource {
  /** Only of type fs: what is mounted. */
  readonly mount?: { readonly device: string; readonly format: PoolFormat };
  /** Only of type logical: the volume group. */
  readonly group?: GroupSource;
  readonly vendor?: string;
  readonly product?: string;
}

export interface PoolDefinition {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  readonly type: StoragePoolType;
  /** `<features><cow state=…>`: whether files of the pool are copied when written, on btrfs. As written; not carried out. */
  readonly cow?: 'yes' | 'no';
  readonly source: PoolSource;
  /** The folder of the host that has the volumes, of type logical their nodes: an absolute path without a trailing slash. */
  readonly target: string;
  readonly permissions: Permissions;
  /** Elements, attributes and texts that libvirt's schema does not know, in document order. They are not printed. */
  readonly unknown?: readonly UnknownWord[];
}

/** The image that another one is a layer on. */
export interface BackingStore {
  readonly path: string;
  readonly format: VolumeFormat;
}

export interface VolumeDefinition {
  readonly name: string;
  /** Bytes; undefined if it is that of the backing store, or of the volume that is copied. */
  readonly capacity?: number;
  /** Bytes that are taken from the pool at once. Default: all of the capacity. */
  readonly allocation?: number;
  readonly format: VolumeFormat;
  readonly permissions: Permissions;
  /** `<compat>` of qcow2: `0.10` or `1.1`, as written. */
  readonly compat?: string;
  /** `<lazy_refcounts>` of qcow2. */
  readonly lazyRefcounts: boolean;
  /** Bytes of a cluster of qcow2. Default: that of qemu-img. */
  readonly clusterSize?: number;
  readonly backingStore?: BackingStore;
  /** As in PoolDefinition. */
  readonly unknown?: readonly UnknownWord[];
}
