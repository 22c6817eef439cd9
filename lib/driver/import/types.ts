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
