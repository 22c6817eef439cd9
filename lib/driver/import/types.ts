/** The plain data of the public API about what is imported. */

/** The configuration of a container of LXC, for `Connection.domainXmlFromNative`. */
export interface NativeConfiguration {
  /** Lines as lxc.container.conf(5) has them. */
  readonly text: string;
  /**
   * Where the text comes from. Warnings and errors name it, relative paths in the text start at its folder, and the domain is
   * named after it if the text has no name. Default: none; relative paths start at the working directory.
   */
  readonly path?: string | undefined;
}

/** Something in a converted configuration that the definition does not have, or has in another way. */
export interface NativeWarning {
  /** The file that has it: the configuration, or one that it includes. */
  readonly file: string;
  /** Line of that file, from 1; absent if it is not about a single line. */
  readonly line?: number;
  /** Key, value, and why. */
  readonly message: string;
}

/** A converted configuration. */
export interface NativeDomain {
  /** Of the domain. */
  readonly name: string;
  /** `<domain type='lxc'>`; what is not carried over is in a comment before it. */
  readonly xml: string;
  /** Whether the container was started with the host. A definition can't say that: see `Domain.setAutostart`. */
  readonly autostart: 'on' | 'off';
  /** What is not carried over, by file and line. */
  readonly warnings: readonly NativeWarning[];
}

/** The outcome for one definition of libvirt. */
export interface Imported {
  /** What it defines. */
  readonly kind: 'domain' | 'network' | 'network-filter' | 'storage-pool' | 'secret';
  /** Name of what it defines, uuid of a secret; that of the file, without `.xml`, when the definition can't be imported. */
  readonly name: string;
  /** The file of libvirt. */
  readonly path: string;
  /**
   * `exists`: something of that name was defined here already, and is left as it is. `left`: a virtual machine, or a storage pool of a
   * type that tslxc does not have, such as `rbd`.
   */
  readonly outcome: 'imported' | 'exists' | 'left' | 'failed';
  /** Whether it is started with the host: as in libvirt, or for `exists` as it was here. `off` for filters and secrets. */
  readonly autostart: 'on' | 'off';
  /** Of an imported secret: whether its value was copied, or libvirt has none for it. */
  readonly value?: 'copied' | 'none';
  /** Why; only with `failed` and `left`. */
  readonly error?: Error;
}

/** How `Connection.importLibvirt` imports. */
export interface ImportOptions {
  /** The folder of libvirt's configuration. Default: `/etc/libvirt`. */
  readonly from?: string | undefined;
  /** Called after each definition; nothing is called by default. */
  readonly onItem?: ((item: Imported) => void) | undefined;
}
