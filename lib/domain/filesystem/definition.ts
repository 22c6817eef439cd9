/** The file systems of a definition: `<filesystem>`, and the options that the extension adds. */
import type { Position } from '../xml/element';
import type { VolumeSource } from '../devices/volume-source';
import type { KeptPart } from '../xml/unsupported';
import type { SourceLabel } from '../security/definition';

/**
 * `slave`: later mounts on the host appear in the container. `shared`: later mounts in the container also appear on the host.
 * `private`: neither.
 */
export type Propagation = 'private' | 'slave' | 'shared';

/** `<tslxc:filesystem>`: further options of the `<filesystem>` with the same target. */
export interface FilesystemOptions {
  readonly target: string;
  /** Whether mounts below the source are included. Default: `yes` for the root, else `no`. */
  readonly recursive?: 'yes' | 'no';
  /**
   * `slave`: later mounts on the host appear in the container. `shared`: later mounts in the container also appear on the
   * host. Default: `private`, neither.
   */
  readonly propagation?: Propagation;
  readonly position: Position;
}

/** `<tslxc:overlay>`: the `<filesystem>` with the same target is read-only; what the container writes goes to `upper`. */
export interface OverlayOptions {
  readonly target: string;
  /** Absolute path of a directory on the host, in which the directories `upper` and `work` are made. */
  readonly upper: string;
  /** Further layers below the directory of the `<filesystem>`, the uppermost first. Default: none. */
  readonly lowers?: readonly OverlayLower[];
  readonly position: Position;
}

/** `<tslxc:lower>`: a read-only layer of an overlay. */
export interface OverlayLower {
  /** Absolute path of a directory on the host. */
  readonly dir: string;
  readonly position: Position;
}

/** Limits in bytes of the space that the files of a file system may take. A limit is never 0. */
export interface SpaceLimits {
  readonly hard?: number;
  /** May be exceeded during the grace period of the host's file system. */
  readonly soft?: number;
  readonly position: Position;
}

interface FilesystemCommon {
  /**
   * `mapped`: the files have the container's ids, if it has its own; see `isMapped`. Missing only in live XML that has no
   * such attribute.
   */
  readonly accessMode?: 'passthrough' | 'mapped' | 'squash';
  /** Absolute path in the container. */
  readonly target: string;
  /** The paths as written, if they have redundant slashes: they are printed the same way. */
  readonly written?: { readonly source?: string; readonly target?: string };
  readonly readonly: boolean;
  readonly space?: SpaceLimits;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly kept?: readonly KeptPart[];
  readonly position: Position;
}

/** A directory tree of the host. */
export interface MountFilesystem extends FilesystemCommon {
  readonly type: 'mount';
  /** Absolute path on the host. */
  readonly source: string;
}

/** A directory tree of the container, mounted a second time. */
export interface BindFilesystem extends FilesystemCommon {
  readonly type: 'bind';
  /** Absolute path in the container, after the mounts before this one. */
  readonly source: string;
}

/** How an image is turned into a block device. qemu-nbd is told the format. */
export type ImageDriver =
  | { readonly type: 'loop'; readonly format?: 'raw' }
  | { readonly type: 'nbd'; readonly format: string };

/** An image; it is raw, unless qemu-nbd serves it. */
export interface FileFilesystem extends FilesystemCommon {
  readonly type: 'file';
  /** Absolute path on the host. */
  readonly source: string;
  /** With the attributes that the element has. Default: a loop device. */
  readonly driver?: ImageDriver;
}

/** An image that qemu-nbd serves. */
export type ServedFilesystem = FileFilesystem & { readonly driver: ImageDriver & { type: 'nbd' } };

export interface BlockFilesystem extends FilesystemCommon {
  readonly type: 'block';
  /** Absolute path of the device on the host. */
  readonly source: string;
}

export interface RamFilesystem extends FilesystemCommon {
  readonly type: 'ram';
  /** Maximum size in KiB. */
  readonly usage: number;
}

/** A volume of a storage pool. A start puts one of the other types in its place: a running domain has none. */
export interface VolumeFilesystem extends FilesystemCommon {
  readonly type: 'volume';
  readonly volume: VolumeSource;
  /** Of an image; see FileFilesystem. */
  readonly driver?: ImageDriver;
}

/** Other types are in `unsupported`. */
export type FilesystemDefinition =
  | MountFilesystem
  | BindFilesystem
  | FileFilesystem
  | BlockFilesystem
  | RamFilesystem
  | VolumeFilesystem;
