/** What a definition has of file systems: `<filesystem>`, and what the extension says more about one. */
import type { Position } from '../xml/element';
import type { SourceLabel } from '../security/definition';

export type Propagation = 'private' | 'slave' | 'shared';

/** `<tslxc:filesystem>`: more about the `<filesystem>` of the same target. */
export interface FilesystemOptions {
  readonly target: string;
  /** Whether what is mounted below the source comes along. Default: `yes` for the root, else `no`. */
  readonly recursive?: 'yes' | 'no';
  /** Whether mounts that are made later reach the container (slave), and the host too (shared). Default: neither. */
  readonly propagation?: Propagation;
  readonly position: Position;
}

/** `<tslxc:overlay>`: the `<filesystem>` of the same target is only read; what the container writes goes to `upper`. */
export interface OverlayOptions {
  readonly target: string;
  /** Absolute path of a directory on the host; has `upper` and `work` inside. */
  readonly upper: string;
  readonly position: Position;
}

interface FilesystemCommon {
  /** `mapped`: shown with the container's ids. Absent only where the text of a running container has it absent. */
  readonly accessMode?: 'passthrough' | 'mapped';
  /** Absolute path in the container. */
  readonly target: string;
  readonly readonly: boolean;
  readonly sourceLabels?: readonly SourceLabel[];
  readonly position: Position;
}

/** A tree of the host. */
export interface MountFilesystem extends FilesystemCommon {
  readonly type: 'mount';
  /** Absolute path on the host. */
  readonly source: string;
}

/** A tree of the container, once more. */
export interface BindFilesystem extends FilesystemCommon {
  readonly type: 'bind';
  /** Absolute path in the container, as assembled so far. */
  readonly source: string;
}

/** A raw image. */
export interface FileFilesystem extends FilesystemCommon {
  readonly type: 'file';
  /** Absolute path on the host. */
  readonly source: string;
  /** As far as it is written out; there is no other. */
  readonly driver?: { readonly type: 'loop'; readonly format?: 'raw' };
}

export interface BlockFilesystem extends FilesystemCommon {
  readonly type: 'block';
  /** Absolute path of the device on the host. */
  readonly source: string;
}

export interface RamFilesystem extends FilesystemCommon {
  readonly type: 'ram';
  /** At most so many KiB. */
  readonly usage: number;
}

/** Other types are kept in `later`. */
export type FilesystemDefinition =
  MountFilesystem | BindFilesystem | FileFilesystem | BlockFilesystem | RamFilesystem;
