/** The plain data of the public API about what is imported. */

/** The configuration of a container of LXC, for `Connection.domainXmlFromNative`. */
export interface NativeConfiguration {
  /** Lines as lxc.container.conf(5) has them. */
  readonly text: string;
  /**
   * Where the text comes from: named by warnings and errors, the base of relative paths in it, and the name of the domain
   * where the text has none. Default: none, and relative paths are below the working directory.
   */
  readonly path?: string;
}

/** What a converted configuration asks for, and the definition does not have, or has in another way. */
export interface NativeWarning {
  /** The file that asks for it: the configuration, or one that it includes. */
  readonly file: string;
  /** Line of that file, from 1; missing for what is not about a single line. */
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
  /** Whether the container was started with the host, which no definition says: `Domain.setAutostart`. */
  readonly autostart: 'on' | 'off';
  /** What is not carried over, by file and line. */
  readonly warnings: readonly NativeWarning[];
}

/** What became of one definition of libvirt. */
export interface Imported {
  /** What it defines. */
  readonly kind: 'domain' | 'network';
  /** Of the domain or network; the name of the file where it has none that can be read. */
  readonly name: string;
  /** The file of libvirt. */
  readonly path: string;
  /** `exists`: something of that name was defined here already, and is left as it is. */
  readonly outcome: 'imported' | 'exists' | 'failed';
  /** Whether it is started with the host: as in libvirt, or for what existed as it was here. */
  readonly autostart: 'on' | 'off';
  /** Why it failed. */
  readonly error?: Error;
}

/** What `Connection.importLibvirt` does. */
export interface ImportOptions {
  /** The folder of libvirt's configuration. Default: `/etc/libvirt`. */
  readonly from?: string;
  /** Called for each definition when it is done; nothing is called by default. */
  readonly onItem?: (item: Imported) => void;
}
